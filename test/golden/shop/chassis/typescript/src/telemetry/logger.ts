// One line for every step, with the ids that tell its story: JSON for machines, `key=value` in a terminal.
import { type DestinationStream, pino } from 'pino';
import { currentSpan } from './tracing.ts';
import type { Logger } from './types.ts';

// Never printed, wherever they occur in the first three levels of what is logged.
const SECRETS = [
  'password',
  'secret',
  'token',
  'apiKey',
  'authorization',
  'cookie',
  'cardToken',
  'cardNumber',
];
const REDACTED = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * The logger of a service, to standard output. `LOG_LEVEL` is info by default; `LOG_FORMAT` is json or text, by
 * default text in a terminal and json elsewhere. Every line carries the trace id of the work it belongs to.
 */
export function createLogger(service: string, env: Readonly<Record<string, string | undefined>>): Logger {
  const json = (env.LOG_FORMAT ?? (process.stdout.isTTY ? 'text' : 'json')) === 'json';
  const options = {
    level: env.LOG_LEVEL ?? 'info',
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: '[redacted]' },
    mixin: () => {
      const traceId = currentSpan()?.traceId;
      return traceId === undefined ? {} : { trace_id: traceId };
    },
  };
  return pino(options, json ? STDOUT : TERMINAL);
}

/** Says nothing; for tests. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};

// One for all loggers of the process. At the end of the process a line that is being written in the background would
// come after those that are flushed, so each line is written at once.
const STDOUT = pino.destination({ dest: 1, sync: true });

const TERMINAL: DestinationStream = {
  write(line) {
    process.stdout.write(`${readable(JSON.parse(line))}\n`);
  },
};

function readable(record: Record<string, unknown>): string {
  const { time, level, service, msg, trace_id, err, ...fields } = record;
  const label = pino.levels.labels[Number(level)] ?? '';
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`);
  if (typeof trace_id === 'string') pairs.push(`trace=${trace_id.slice(0, 8)}`);
  const words = [String(time).slice(11, 23), label.toUpperCase().padEnd(5), service, msg, ...pairs];
  const { stack, ...error } = (err ?? {}) as { stack?: string };
  return [words.join(' '), ...(err ? [stack ?? plain(error)] : [])].join('\n');
}

function plain(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
