// What was done for nobody.
import { byKey } from '../by-key.ts';
import type { Evidence } from '../evidence.ts';
import { subject } from '../subject.ts';
import { endsIn } from './messages.ts';
import type { Rule } from './rule.ts';

/** Whatever has left a trace. */
export function strangers({ cases, ...evidence }: Evidence): Rule {
  const known = new Set(cases.map(({ id }) => id));
  const traces = byKey(tracesIn(evidence));
  const unknown = [...traces].filter(([key]) => !known.has(key));
  // What was never answered may have been taken all the same.
  const unanswered = cases.filter(({ id }) => id === undefined).length;
  return {
    name: `there is no ${subject.noun} that nobody asked for`,
    checked: traces.size,
    broken: unknown.slice(unanswered).map(([key, left]) => ({
      one: key,
      text: `was asked for by nobody: ${left.map(({ text }) => text).join(', ')}`,
    })),
  };
}

interface Trace {
  readonly key: string;
  readonly text: string;
}

function tracesIn({
  sagas,
  ledgers,
  said,
  heard,
}: Pick<Evidence, 'sagas' | 'ledgers' | 'said' | 'heard'>): Trace[] {
  const told = (tellings: Evidence['said'], verb: string) =>
    [...tellings].flatMap(([key, all]) => endsIn(all).map((type) => ({ key, text: `${type} was ${verb}` })));
  return [
    ...[...sagas].map(([key, status]) => ({ key, text: `its saga is ${status}` })),
    ...ledgers.flatMap(({ keeper, entries }) =>
      entries
        .filter(({ state }) => state !== 'undone')
        .map(({ key, step, state }) => ({ key, text: `${keeper} has ${step} ${state}` })),
    ),
    ...told(said, 'said'),
    ...told(heard, 'heard'),
  ];
}
