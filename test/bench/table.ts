/** What the benchmark prints: a line for each measurement, with its target beside it. */

import type { Comparison } from './pairs.ts';

export interface Row {
  readonly name: string;
  readonly measured: string;
  /** Absent where there is none: the line only informs. */
  readonly target?: { readonly text: string; readonly isMet: boolean };
  /** The spread, and the values behind a ratio. */
  readonly detail: string;
}

interface RatioOptions {
  readonly name: string;
  readonly comparison: Comparison;
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
  /** The two medians, in words. */
  readonly detail: string;
}

/** A ratio with the spread of its pairs. */
export function ratioRow({ name, comparison: { ratio, spread }, target, detail }: RatioOptions): Row {
  const row = {
    name,
    measured: `${ratio.toFixed(2)} x`,
    detail: `half of the pairs ${spread.map((value) => value.toFixed(2)).join(' to ')}; ${detail}`,
  };
  if (!target) return row;
  return 'atMost' in target
    ? { ...row, target: { text: `<= ${target.atMost} x`, isMet: ratio <= target.atMost } }
    : { ...row, target: { text: `>= ${target.atLeast} x`, isMet: ratio >= target.atLeast } };
}

/** One line; `met` or `MISSED` stands where there is a target. */
export function line({ name, measured, target, detail }: Row): string {
  const verdict = target ? (target.isMet ? 'met' : 'MISSED') : '';
  const columns = [
    name.padEnd(48),
    measured.padStart(9),
    (target?.text ?? '').padStart(9),
    verdict.padEnd(6),
  ];
  return `${columns.join('  ')}  ${detail}`;
}
