// What happened, as a line for each second; fits into 50 columns, and uses more for a bar.
import { paint, print } from '../terminal.ts';
import { figuresOf } from './figures.ts';
import { type Attempt, PER_SECOND } from './load.ts';
import type { Sample } from './sampler.ts';

const HEADS = ['TIME', 'STATE', 'OK', 'FAIL', 'P50', 'P99', 'UNSENT', 'OPEN', 'DEAD'] as const;
type Head = (typeof HEADS)[number];
const WIDTHS: Record<Head, number> = {
  ...{ TIME: 4, STATE: 9, OK: 3, FAIL: 4, P50: 5, P99: 5, UNSENT: 6, OPEN: 4, DEAD: 4 },
};
const SHORTEST_BAR = 10;
/** A bar has a character for each request; when all come at once not more than this. */
const LONGEST_BAR = 3 * PER_SECOND;

export interface Columns {
  /** Whether there is a state, and whether dead letters are counted. */
  readonly state: boolean;
  readonly deadLetters: boolean;
}

export interface Line {
  readonly second: number;
  /** Requests that were answered in it. */
  readonly attempts: readonly Attempt[];
  readonly sample: Sample;
}

export function headLine(columns: Columns): string {
  const line = headsOf(columns).map((head) =>
    (head === 'STATE' ? head.padEnd : head.padStart).call(head, WIDTHS[head]),
  );
  return line.join(' ');
}

/** `width`: columns of the terminal. */
export function secondLine({ second, attempts, sample }: Line, columns: Columns, width: number): string {
  const { ok, failed, p50, p99 } = figuresOf(attempts);
  const cells: Record<Head, string> = {
    TIME: `${second}s`,
    STATE: sample.state ?? '-',
    OK: String(ok),
    FAIL: String(failed),
    P50: ms(p50),
    P99: ms(p99),
    UNSENT: String(sample.unsent ?? '-'),
    OPEN: String(sample.open ?? '-'),
    DEAD: String(sample.deadLetters ?? '-'),
  };
  const heads = headsOf(columns);
  const texts = heads.map((head) =>
    head === 'STATE' ? cells[head].padEnd(WIDTHS[head]) : cells[head].padStart(WIDTHS[head]),
  );
  const line = texts.join(' ');
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

function headsOf({ state, deadLetters }: Columns): readonly Head[] {
  return HEADS.filter((head) => (head === 'STATE' ? state : head === 'DEAD' ? deadLetters : true));
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
