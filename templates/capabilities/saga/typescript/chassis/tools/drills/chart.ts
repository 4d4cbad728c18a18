// What happened, as a line for each second; fits into 50 columns, and uses more for a bar.
import { paint, print } from '../terminal.ts';
import { figuresOf } from './figures.ts';
import { type Attempt, PER_SECOND } from './load.ts';
import type { Sample } from './sampler.ts';

/** Columns that a drill chooses. */
const CHOSEN = {
  UNSENT: { width: 6, of: ({ unsent }: Sample) => unsent },
  OPEN: { width: 4, of: ({ open }: Sample) => open },
  DEAD: { width: 4, of: ({ deadLetters }: Sample) => deadLetters },
  SOCKETS: { width: 7, of: ({ sockets }: Sample) => sockets },
  MB: { width: 4, of: ({ megabytes }: Sample) => megabytes },
} as const;

export type Head = keyof typeof CHOSEN;

const STATE_WIDTH = 9;
const SHORTEST_BAR = 10;
/** A bar has a character for each request; when all come at once not more than this. */
const LONGEST_BAR = 3 * PER_SECOND;

export interface Columns {
  /** Head of the column of states; undefined where there is none. */
  readonly state: string | undefined;
  readonly chosen: readonly Head[];
}

export interface Line {
  readonly second: number;
  /** Requests that were answered in it. */
  readonly attempts: readonly Attempt[];
  readonly sample: Sample;
  readonly state: string;
}

export function headLine({ state, chosen }: Columns): string {
  return lineOf({
    time: 'TIME',
    state: state?.toUpperCase(),
    figures: ['OK', 'FAIL', 'P50', 'P99'],
    chosen: chosen.map((head) => [head, head]),
  });
}

/** `width`: columns of the terminal. */
export function secondLine(
  { second, attempts, sample, state }: Line,
  columns: Columns,
  width: number,
): string {
  const { ok, failed, p50, p99 } = figuresOf(attempts);
  const line = lineOf({
    time: `${second}s`,
    state: columns.state && state,
    figures: [String(ok), String(failed), ms(p50), ms(p99)],
    chosen: columns.chosen.map((head) => [head, String(CHOSEN[head].of(sample) ?? '-')]),
  });
  const room = Math.min(width - line.length - 3, LONGEST_BAR);
  return room < SHORTEST_BAR ? line : `${line}  ${bar({ ok, failed }, room)}`.trimEnd();
}

/** Prints what happens now. */
export function printMark(seconds: number, text: string): void {
  print(paint('yellow', `> ${seconds.toFixed(1)} s: ${text}`));
}

export function printLine(line: Line, columns: Columns): void {
  print(secondLine(line, columns, process.stdout.columns ?? 80));
}

interface Cells {
  readonly time: string;
  readonly state: string | undefined;
  readonly figures: readonly [ok: string, failed: string, p50: string, p99: string];
  readonly chosen: readonly (readonly [Head, string])[];
}

function lineOf({ time, state, figures: [ok, failed, p50, p99], chosen }: Cells): string {
  return [
    time.padStart(4),
    ...(state === undefined ? [] : [state.padEnd(STATE_WIDTH)]),
    ...[ok.padStart(3), failed.padStart(4), p50.padStart(5), p99.padStart(5)],
    ...chosen.map(([head, text]) => text.padStart(CHOSEN[head].width)),
  ].join(' ');
}

/** `ok` and `failed` requests; what has no room shows as `+`. */
function bar({ ok, failed }: { ok: number; failed: number }, room: number): string {
  const whole = '#'.repeat(ok) + 'x'.repeat(failed);
  const shown = whole.length > room ? `${whole.slice(0, room - 1)}+` : whole;
  return shown.replace(/x+/, (part) => paint('red', part)).replace(/#+/, (part) => paint('green', part));
}

/** Of at most five characters. */
function ms(value: number | undefined): string {
  if (value === undefined) return '-';
  if (value < 10) return value.toFixed(1);
  return value < 100_000 ? String(Math.round(value)) : '>100s';
}
