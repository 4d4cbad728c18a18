// What participants have noted, and what they really called outside.
import type { Entry } from '@app/chassis/saga';
import { byKey } from '../by-key.ts';
import type { Case } from '../customers.ts';
import type { Ledger } from '../evidence.ts';
import { about, type Check, type Fact, type Violation } from './rule.ts';

export function remains(ledgers: readonly Ledger[]): Check<Fact> {
  const kept = ledgers.map((ledger) => ({ ...ledger, entries: byKey(ledger.entries) }));
  return ({ one, id, told: { status } }) => {
    const own = kept.map((ledger) => ({ ...ledger, entries: ledger.entries.get(id) ?? [] }));
    const wrong = own.flatMap(({ keeper, steps, entries }) => {
      const text = status === 'CONFIRMED' ? unfinished(steps, entries) : leftOver(entries);
      return text === undefined ? [] : [`${keeper} ${text}`];
    });
    if (status === 'CONFIRMED') wrong.push(...misstated(one, own));
    return wrong.map((text) => about(one, `is ${status}, and ${text}`));
  };
}

/** Why what must be done is not, or not once. */
function unfinished(steps: readonly string[], entries: readonly Entry[]): string | undefined {
  const open = entries.find(({ state }) => state !== 'done');
  if (open) return `has ${open.step} ${open.state}`;
  const times = (step: string) => entries.filter((entry) => entry.step === step).length;
  const missing = steps.find((step) => times(step) === 0);
  if (missing !== undefined) return `has not done ${missing}`;
  const repeated = steps.find((step) => times(step) > 1);
  if (repeated !== undefined) return `has done ${repeated} ${times(repeated)} times`;
  const foreign = entries.find(({ step }) => !steps.includes(step));
  return foreign && `has done ${foreign.step}, which is none of its steps`;
}

function leftOver(entries: readonly Entry[]): string | undefined {
  const left = entries.find(({ state }) => state !== 'undone');
  return left && `still has ${left.step} ${left.state}`;
}

/** What was stated in the request must be noted, and by nobody otherwise. */
function misstated({ request }: Case, ledgers: readonly Ledger[]): string[] {
  return Object.entries(request.facts ?? {}).flatMap(([name, right]) => {
    const noted = ledgers.flatMap(({ keeper, entries }) =>
      entries.flatMap(({ facts = {} }) => (name in facts ? [{ keeper, value: facts[name] }] : [])),
    );
    if (noted.length === 0) return [`${name} is noted nowhere; ${right} is right`];
    return noted
      .filter(({ value }) => value !== right)
      .map(({ keeper, value }) => `${keeper} has ${name} ${value}; ${right} is right`);
  });
}

export const sums = ({ keeper, wrong }: Ledger): Violation[] =>
  wrong.map((text) => ({ text: `${keeper}: ${text}` }));
