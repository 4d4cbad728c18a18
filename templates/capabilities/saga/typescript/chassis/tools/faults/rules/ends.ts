// How each one ended, and by which way.
import type { Case } from '../customers.ts';
import type { Evidence } from '../evidence.ts';
import { subject } from '../subject.ts';
import { about, type Check, type Fact, type Violation } from './rule.ts';

export const ENDS = ['CONFIRMED', 'REJECTED'];
/** What a saga may be given up for beside what a participant says. */
const LATE = 'deadline';

export function acceptance({ cases, told }: Evidence): Check<Case> {
  const owners = new Map<string, Case>();
  for (const one of cases) if (one.id !== undefined && !owners.has(one.id)) owners.set(one.id, one);
  return (one) => {
    const { id, problem } = one;
    const texts = problem === undefined ? [] : [problem];
    if (id === undefined) return texts.map((text) => about(one, text));
    const answer = told.get(id);
    if (answer === undefined || answer instanceof Error)
      texts.push(`was accepted and is not there: ${answer?.message ?? 'no answer'}`);
    const owner = owners.get(id);
    if (owner !== one) texts.push(`is the answer to ${owner?.key} and to ${one.key}`);
    return texts.map((text) => about(one, text));
  };
}

export function ending({ sagas }: Evidence): Check<Fact> {
  return ({ one, id, told: { status, reason } }) => {
    const { expected, request } = one;
    const why = reason === undefined ? '' : ` (${reason})`;
    const saga = sagas.get(id);
    if (!ENDS.includes(status)) return [about(one, `is ${status}`)];
    if (saga !== status) return [about(one, `is ${status}, and its saga ${saga ?? 'is not there'}`)];
    if (request.refusal !== undefined && status !== 'REJECTED')
      return [about(one, `is ${status}; it is to be refused: ${request.refusal}`)];
    if (expected !== 'either' && status !== expected.toUpperCase())
      return [about(one, `is ${status}${why}; ${expected} is right`)];
    if (
      status === 'REJECTED' &&
      (reason === undefined || ![request.refusal, one.reason, LATE].includes(reason))
    )
      return [about(one, `is rejected ${reason === undefined ? 'without a reason' : `for "${reason}"`}`)];
    return [];
  };
}

/** A style logs a step under one of its messages. */
function isPivot({ service, step }: { readonly service: string; readonly step: string }): boolean {
  const { steps, pivot } = subject.saga;
  const messages = Object.values(steps[pivot] ?? {}).flatMap((part) =>
    typeof part === 'function' ? [part.type] : [],
  );
  return service === steps[pivot]?.service && messages.includes(step);
}

/** Of its pivot's success and its turning back the first one decides: what succeeds later is undone. */
export function pivotal({ one, told: { status, history = [] } }: Fact): Violation[] {
  const succeeded = history.findIndex((entry) => entry.result === 'succeeded' && isPivot(entry));
  const turned = history.findIndex(({ result }) => result === 'rejected');
  const isPassed = succeeded !== -1 && (turned === -1 || succeeded < turned);
  if (isPassed === (status === 'CONFIRMED')) return [];
  return [about(one, `is ${status}, and its pivot had ${isPassed ? '' : 'not '}succeeded before`)];
}
