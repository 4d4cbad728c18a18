import type { IHeaders } from 'kafkajs';

/** A record's headers: lower-case names, every value a string. Empty for a foreign record that has none. */
export function headersOf(headers: IHeaders | undefined): Record<string, string> {
  const named = Object.entries(headers ?? {}).map(([name, given]) => {
    const value = Array.isArray(given) ? given.at(-1) : given; // The last one of a name counts.
    return [name.toLowerCase(), value === undefined ? undefined : value.toString()];
  });
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}
