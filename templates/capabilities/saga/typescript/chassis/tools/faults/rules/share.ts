// How many were confirmed of those that could be.
import type { Evidence } from '../evidence.ts';
import { subject } from '../subject.ts';
import { factOf, isConfirmed, type Violation } from './rule.ts';

/** Of the cases that came by chance, those that nothing stood against. */
export interface Share {
  readonly eligible: number;
  readonly confirmed: number;
}

/** With faults some are late; a system that rejects everything loses nothing either, and is worth nothing. */
export const LEAST_SHARE = 0.8;

export function shareOf(evidence: Evidence): Share {
  const eligible = evidence.byChance.filter(({ request }) => request.refusal === undefined);
  const facts = eligible.flatMap((one) => factOf(one, evidence));
  return { eligible: eligible.length, confirmed: facts.filter(isConfirmed).length };
}

export function shortfall({ eligible, confirmed }: Share): Violation[] {
  if (confirmed >= LEAST_SHARE * eligible) return [];
  const text = `${confirmed} of ${eligible} ${subject.plural} that nothing stood against were confirmed; ${100 * LEAST_SHARE} % is right`;
  return [{ text }];
}
