// Why a run proves less than it seems to.
import type { Fault } from './journal.ts';
import type { ProbeResult } from './report.ts';

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

/** Why probes that were asked for alone have tried nothing; empty where one of them has. */
export function untried(probes: readonly ProbeResult[]): string[] {
  if (probes.some(({ result }) => result !== 'left out')) return [];
  const reasons = new Set(probes.map(({ name, detail }) => `${name} is left out, as ${detail}`));
  return [`Nothing was tried, which proves nothing: ${[...reasons].join('; ')}.`];
}
