import type { IHeaders } from 'kafkajs';

/** A record's headers that have a value: lower-case names, every value a string. A foreign record may have none. */
export function headersOf(headers: IHeaders | undefined): Record<string, string> {
  const named = Object.entries(headers ?? {}).map(([name, given]) => {
    const value = Array.isArray(given) ? given.at(-1) : given; // The last one of a name counts.
    return [name.toLowerCase(), value?.toString()];
  });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}
