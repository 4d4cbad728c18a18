// What a run found, for people and for programs.
import { paint, print, table } from '../terminal.ts';
import { type HistoryEntry, timeline } from '../timeline.ts';
import type { Fault } from './journal.ts';
import type { Rule, Violation } from './rules/rule.ts';
import { LEAST_SHARE, type Share } from './rules/share.ts';
import { subject } from './subject.ts';
import { linesOf, type Trail } from './trail.ts';
import type { Verdict } from './verify.ts';

/** What was done. */
export interface Done {
  readonly seed: number;
  readonly broker: string;
  readonly faults: readonly Fault[];
  /** Messages that were sent once more, and such that nobody can read. */
  readonly duplicates: number;
  readonly poison: number;
  readonly probes: readonly ProbeResult[];
}

export interface Report extends Done, Verdict {
  readonly sagas: number;
  /** Seconds from the last fault until all had settled, and the most it may take. */
  readonly settled: { readonly seconds: number; readonly limit: number; readonly left: readonly string[] };
  /** Of the cases that came by chance: milliseconds from the request to the event that tells its end. */
  readonly speed: { readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number } | undefined;
  /** Megabytes that each instance held at the start and when all had settled. */
  readonly memory: {
    readonly before: Readonly<Record<string, number>>;
    readonly after: Readonly<Record<string, number>>;
  };
  /** Of some that break a rule. */
  readonly trails: readonly Trail[];
  /** One that was begun and undone. */
  readonly example: { readonly key: string; readonly history: readonly HistoryEntry[] } | undefined;
  readonly refusals: readonly string[];
  readonly seconds: number;
}

export interface ProbeResult {
  readonly name: string;
  readonly proves: string;
  readonly result: 'held' | 'broken' | 'left out';
  readonly detail: string;
}

const SHOWN = 10;

export const passed = ({ rules, probes, settled, refusals }: Report): boolean =>
  refusals.length === 0 &&
  settled.left.length === 0 &&
  rules.every(({ broken }) => broken.length === 0) &&
  probes.every(({ result }) => result !== 'broken');

export function printDone(done: Done): void {
  print(`\n${paint('cyan', 'Faults')}  seed ${done.seed}, broker ${done.broker}`);
  printFaults(done);
  if (done.probes.length > 0) printProbes(done.probes);
}

export function printReport(report: Report): void {
  const { seed, settled, speed, share, example } = report;
  printDone(report);
  print(
    `\n${paint('cyan', 'Sagas')}  ${report.sagas} ${subject.plural}: ${report.confirmed} confirmed, ${report.rejected} rejected`,
  );
  if (share.eligible > 0) print(`  ${shareLine(share)}`);
  if (speed) {
    const { perSecond, p50Ms, p99Ms } = speed;
    print(
      `  ${perSecond.toFixed(1)} a second; until their end is told p50 ${Math.round(p50Ms)} ms, p99 ${Math.round(p99Ms)} ms`,
    );
  }
  print(`  memory in MB: ${memoryLine(report)}`);
  const left =
    settled.left.length === 0 ? 'all settled' : paint('red', `not settled: ${settled.left.join(', ')}`);
  print(
    `  ${left} ${settled.seconds.toFixed(0)} s after the last fault; ${settled.limit.toFixed(0)} s are allowed`,
  );
  print(`\n${paint('cyan', 'What must be true')}`);
  for (const rule of report.rules) printRule(rule);
  if (report.trails.length > 0) print(`\n${paint('cyan', 'What is known of them')}`);
  for (const trail of report.trails) for (const line of linesOf(trail)) print(line);
  if (example) {
    print(`\n${paint('cyan', 'One that was undone')}  ${example.key}`);
    for (const line of timeline(example.history)) print(line);
  }
  for (const refusal of report.refusals) print(paint('red', `\n${refusal}`));
  const good = passed(report);
  print(
    `\n${good ? paint('green', 'PASSED') : paint('red', 'FAILED')} in ${report.seconds.toFixed(0)} s. The same ${subject.plural} and faults again: --seed ${seed}.`,
  );
}

const memoryLine = ({ memory: { before, after } }: Report) =>
  Object.entries(after)
    .map(([label, size]) => `${label} ${before[label] ?? '?'} -> ${size}`)
    .join(', ');

const shareLine = ({ eligible, confirmed }: Share) =>
  `of ${eligible} that came by chance and nothing stood against, ${confirmed} were confirmed: ${Math.floor((100 * confirmed) / eligible)} %; ${100 * LEAST_SHARE} % must be`;

function printFaults({ faults, duplicates, poison }: Done): void {
  const met = new Map<string, number[]>();
  for (const { target, kind, inFlight, by } of faults) {
    const name = `${target} ${kind}${by === 'probe' ? ' by a probe' : ''}`;
    met.set(name, [...(met.get(name) ?? []), inFlight]);
  }
  const rows = [...met]
    .sort()
    .map(([name, numbers]) => [`  ${name}`, `${numbers.length}x`, numbers.join(' ')]);
  if (rows.length > 0) print(table([['  FAULT', 'TIMES', 'IN FLIGHT AT EACH'], ...rows]));
  print(`  ${duplicates} messages sent twice, ${poison} that nobody can read`);
}

function printProbes(probes: readonly ProbeResult[]): void {
  print(`\n${paint('cyan', 'Probes')}`);
  for (const { name, proves, result, detail } of probes) {
    const mark = { held: paint('green', '✓'), broken: paint('red', '✗'), 'left out': paint('grey', '-') }[
      result
    ];
    print(`  ${mark} ${name}: ${result === 'held' ? proves : detail}`);
  }
}

function printRule({ name, checked, broken }: Rule): void {
  const mark = broken.length === 0 ? paint('green', '✓') : paint('red', '✗');
  print(`  ${mark} ${name} ${paint('grey', `(${checked} checked)`)}`);
  for (const violation of broken.slice(0, SHOWN)) print(paint('red', `      ${sentence(violation)}`));
  if (broken.length > SHOWN) print(paint('red', `      and ${broken.length - SHOWN} more`));
}

export const sentence = ({ one, text }: Violation): string => (one === undefined ? text : `${one} ${text}`);
