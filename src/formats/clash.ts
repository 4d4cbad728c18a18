/** What a merge cannot have both ways. */

import type { Leaf, Value } from './document.ts';
import { higherRange } from './ranges.ts';
import type { Rules } from './rules.ts';

export interface KeyConflict {
  readonly keys: readonly string[];
  readonly mine: string;
  /** Absent where we removed the key. */
  readonly next: string | undefined;
}

/** What a merge found out on its way; filled by it. */
export interface Findings {
  readonly conflicts: KeyConflict[];
  readonly notes: string[];
}

interface Place {
  readonly keys: readonly string[];
  readonly rules: Rules;
  readonly findings: Findings;
}

/** Both sides changed one value. @returns the one that stays: of two version ranges the higher one, else `mine` */
export function settleClash(mine: Value, next: Leaf, { keys, rules, findings }: Place): Value {
  const higher = rules.isRange(keys) ? higherRange(String(mine.data), String(next.data)) : undefined;
  if (higher === undefined) {
    reportClash({ keys, mine, next }, findings);
    return mine;
  }
  const [kept, other] = higher === mine.data ? [mine, next] : [next, mine];
  findings.notes.push(`${keys.join('.')} is ${kept.text}, the higher one of it and ${other.text}`);
  return kept;
}

/** Two sources give one key different values. `one` and `other` are those, as texts. */
export function differ(
  path: string,
  { keys, one, other }: { keys: readonly string[]; one: string; other: string | undefined },
): Error {
  return new Error(`${path}: ${nameOf(keys)} is ${one} in one source and ${other} in another`);
}

/** The place of a value, in a sentence. */
export function nameOf(keys: readonly string[]): string {
  return keys.length === 0 ? 'its content' : keys.join('.');
}

export function reportClash(
  { keys, mine, next }: { keys: readonly string[]; mine: Value; next: Value | undefined },
  { conflicts }: Findings,
): void {
  conflicts.push({ keys, mine: mine.text.trim(), next: next?.text.trim() });
}
