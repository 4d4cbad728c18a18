// What must be true of every single one when all has settled. Sums can be right by two wrongs; these cannot.
import type { Evidence } from './evidence.ts';
import { remains, sums } from './rules/books.ts';
import { acceptance, ENDS, ending, pivotal } from './rules/ends.ts';
import { deadLetters, events, repetition, unsent } from './rules/messages.ts';
import { factOf, isConfirmed, type Rule, rule } from './rules/rule.ts';
import { type Share, shareOf, shortfall } from './rules/share.ts';
import { strangers } from './rules/strangers.ts';
import { subject } from './subject.ts';

export interface Verdict {
  readonly rules: readonly Rule[];
  readonly confirmed: number;
  readonly rejected: number;
  readonly share: Share;
}

/** Checks everything. */
export function verify(evidence: Evidence): Verdict {
  const { noun } = subject;
  const { cases, ledgers, effects, outboxes } = evidence;
  const facts = cases.flatMap((one) => factOf(one, evidence));
  const ended = facts.filter(({ told }) => ENDS.includes(told.status));
  const share = shareOf(evidence);
  return {
    rules: [
      rule(`every accepted request is one ${noun}`, cases, acceptance(evidence)),
      rule(`every ${noun} has ended as it may`, facts, ending(evidence)),
      { name: 'what could be done was done', checked: share.eligible, broken: shortfall(share) },
      rule('confirmed: its pivot has succeeded. Rejected: it had not', ended, pivotal),
      rule('confirmed: all is done. Rejected: nothing is left', ended, remains(ledgers)),
      rule('the books of every service add up', ledgers, sums),
      rule('exactly one event told of every end', ended, events(evidence)),
      rule('a message has its effect once', effects, repetition),
      rule('nothing waits to be sent, nothing is parked', outboxes, unsent),
      strangers(evidence),
      deadLetters(evidence),
    ],
    confirmed: ended.filter(isConfirmed).length,
    rejected: ended.filter((fact) => !isConfirmed(fact)).length,
    share,
  };
}
