// Turns a service's JSON log line into one that is read in a terminal. Anything else is left as it is.
import { type Colour, paint } from './terminal.ts';

const LEVELS: Record<string, readonly [name: string, colour: Colour]> = {
  20: ['DEBUG', 'grey'],
  30: ['INFO ', 'green'],
  40: ['WARN ', 'yellow'],
  50: ['ERROR', 'red'],
};

/** `12:00:00.123 INFO  message handled key=12345 outcome=handled`; an error's stack follows below. */
export function readable(line: string): string {
  const record = parse(line);
  if (!record) return line;
  const { time, level, service: _prefixed, msg, trace_id, err, ...fields } = record;
  if (typeof trace_id === 'string') fields.trace = trace_id.slice(0, 8);
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${plain(value)}`);
  const [name, colour] = LEVELS[String(level)] ?? [String(level), 'red'];
  const words = [paint('grey', clock(String(time))), paint(colour, name), msg];
  return `${words.join(' ')}${paint('grey', pairs.join(''))}${stack(err)}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const record = JSON.parse(line);
    return 'level' in record && 'time' in record && 'msg' in record ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The time of day here, which is what the reader's own clock says. */
function clock(time: string): string {
  const at = new Date(time);
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${parts.join(':')}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

function plain(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function stack(err: unknown): string {
  if (err === undefined) return '';
  const { stack } = err as { stack?: string };
  return `\n${paint('red', stack ?? JSON.stringify(err))}`;
}
