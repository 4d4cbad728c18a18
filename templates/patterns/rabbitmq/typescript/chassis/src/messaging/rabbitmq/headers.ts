import type { MessageProperties } from 'amqplib';

/** Headers in which the broker keeps its own books; a replay must not bring them back to it. */
const BROKERS_OWN = /^x-(death|first-death-|last-death-|delivery-count|acquired-count)/;

/** The sender's headers: lower-case names, every value a string. Empty for a foreign message that has none. */
export function headersOf({ headers }: MessageProperties): Record<string, string> {
  const own = Object.entries(headers ?? {}).filter(
    ([name, value]) => value != null && !BROKERS_OWN.test(name),
  );
  return Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), textOf(value)]));
}

function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
