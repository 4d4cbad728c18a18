// How far a saga has come, and when it is asked again: the same in every style.
import type { Table } from './table.ts';

/**
 * RUNNING: before the pivot, the deadline is armed. IN_DOUBT: the deadline passed while a pivot without undo
 * was unanswered; it is asked until it answers. COMPLETING: past the pivot, only forward. COMPENSATING: only
 * backward. CONFIRMED and REJECTED are the ends.
 */
export type Status = 'RUNNING' | 'IN_DOUBT' | 'COMPLETING' | 'COMPENSATING' | 'CONFIRMED' | 'REJECTED';

export interface Progress {
  readonly status: Status;
  /** How often the saga has asked for what is unanswered now. */
  readonly attempts: number;
  /** Why the saga is undone. */
  readonly reason: string | null;
}

/** Whether nothing can happen to the saga any more. */
export const isEnded = ({ status }: Progress) => status === 'CONFIRMED' || status === 'REJECTED';

/** Whether an operator should look: it is still retried, but has been for long. */
export const isStuck = ({ retry }: Pick<Table, 'retry'>, progress: Progress) =>
  !isEnded(progress) && progress.attempts >= retry.stuckAfter;

/** After how many milliseconds without an answer the saga asks again; null where the deadline decides. */
export function retryDelay({ retry }: Pick<Table, 'retry'>, progress: Progress): number | null {
  if (isEnded(progress) || progress.status === 'RUNNING') return null;
  return Math.min(retry.maxMs, retry.firstMs * 2 ** (progress.attempts - 1));
}
