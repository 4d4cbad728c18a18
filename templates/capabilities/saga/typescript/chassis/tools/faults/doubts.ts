// Why a run proves less than it seems to.
import type { Fault } from './journal.ts';

/** What chance must have done for a run to prove anything, and did not; empty where it did. */
export function doubts(faults: readonly Fault[]): string[] {
  const strikes = faults.filter(({ by }) => by === 'chance');
  if (!strikes.some(({ kind }) => kind === 'killed'))
    return ['Chance has killed nothing: this run proves nothing.'];
  const idle = strikes.filter(({ inFlight }) => inFlight === 0);
  if (idle.length === 0) return [];
  const told = idle.map(({ target, kind, at }) => `${target} ${kind} at ${at.toFixed(0)} s`).join(', ');
  return [
    `Nothing was in flight at ${idle.length} of ${strikes.length} faults, which prove nothing: ${told}.`,
  ];
}
