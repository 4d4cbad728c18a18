// A saga is a table of steps. What holds for every table, whatever starts its steps.
import { type Duration, milliseconds } from '../config/index.ts';
import type { MessageKind, MessageType } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: messages of different shapes stand in one table.
export type AnyMessage = MessageType<any>;

/** What a step, done by `service`, ends with. */
export interface Outcomes {
  readonly service: string;
  readonly succeeded: AnyMessage;
  /** The participant said no and did nothing; its data has a `reason`. Absent: the step cannot be refused. */
  readonly refused?: AnyMessage;
  readonly undone?: AnyMessage;
  /** The point of no return: once it has succeeded, the saga only goes forward. */
  readonly pivot?: true;
}

/** The saga's data: an object of what it was started with and what was added since. */
export type SagaData = Record<string, unknown>;

export interface TableOptions<D extends SagaData, S extends Outcomes, Last> {
  /** The service that starts it and keeps its state. */
  readonly initiator: string;
  /** Raise it with every change of the steps and keep the old table beside it until its last saga has ended. */
  readonly version?: number;
  readonly key: (data: D) => string;
  /** How long the saga may take to get past its pivot before it is undone. Keep it far above the 99th percentile. */
  readonly deadline: Duration;
  readonly steps: readonly S[];
  /** When the saga asks again; doubled each time up to `max`. From `stuckAfter` attempts on it is an alert. */
  readonly retry?: { readonly first: Duration; readonly max: Duration; readonly stuckAfter: number };
  /** The initiator's own transition when the saga is sure to end well. */
  readonly confirm: (tx: Tx, data: D) => Promise<Last>;
  /** Its counterpart. `reason`: of the refusal, or what else has turned it back, such as 'deadline'. */
  readonly reject: (tx: Tx, data: D, reason: string) => Promise<Last>;
}

/** A table that was checked. */
// biome-ignore lint/suspicious/noExplicitAny: sagas with different data are run by one engine.
export interface Table<D extends SagaData = any, S extends Outcomes = Outcomes, Last = any>
  extends Omit<TableOptions<D, S, Last>, 'deadline' | 'retry'> {
  readonly name: string;
  readonly version: number;
  readonly deadlineMs: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number; readonly stuckAfter: number };
  /** Index of the pivot; without one the last step's success is the point of no return. */
  readonly pivot: number;
}

/** How one style's steps are called in messages to people, and which messages of which kind they have. */
export interface Reading<S> {
  readonly nameOf: (step: S) => string;
  readonly messagesOf: (step: S) => readonly (readonly [message: AnyMessage, kind: MessageKind])[];
}

const RETRY = { first: '2s', max: '5m', stuckAfter: 10 } as const;

/** Fills in the defaults. Throws when the table cannot work, with the step that is wrong. */
export function settleTable<D extends SagaData, S extends Outcomes, Last, O extends TableOptions<D, S, Last>>(
  name: string,
  options: O,
  reading: Reading<S>,
): Omit<O, 'deadline' | 'retry' | 'version'> & Table<D, S, Last> {
  const { version = 1, deadline, retry = RETRY, steps } = options;
  const problem = findProblem(name, steps, reading);
  if (problem) throw new Error(`Saga "${name}": ${problem}`);
  const marked = steps.findIndex((step) => step.pivot);
  return {
    ...options,
    name,
    version,
    deadlineMs: milliseconds(deadline),
    retry: {
      firstMs: milliseconds(retry.first),
      maxMs: milliseconds(retry.max),
      stuckAfter: retry.stuckAfter,
    },
    pivot: marked === -1 ? steps.length - 1 : marked,
  };
}

/** Step `index` of the table. */
export function stepAt<S extends Outcomes>(table: Table<never, S>, index: number): S {
  const step = table.steps[index];
  if (!step) throw new Error(`Saga "${table.name}" version ${table.version} has no step ${index}.`);
  return step;
}

function findProblem<S extends Outcomes>(
  name: string,
  steps: readonly S[],
  { nameOf, messagesOf }: Reading<S>,
): string | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return 'its name must be lower case words joined by "-".';
  if (steps.length === 0) return 'it has no steps.';
  const pivots = steps.filter((step) => step.pivot);
  if (pivots.length > 1) return `both ${pivots.map(nameOf).join(' and ')} are marked as pivot.`;
  const pivot = steps.findIndex((step) => step.pivot);
  for (const [index, step] of steps.entries()) {
    const wrong = messagesOf(step).find(([message, kind]) => message.kind !== kind);
    const problem = wrong
      ? `takes ${wrong[0].type} as ${article(wrong[1])}, but it is declared as ${wrong[0].kind}.`
      : findStepProblem(step, pivot === -1 ? 'before' : place(index, pivot));
    if (problem) return `step ${nameOf(step)} ${problem}`;
  }
  const types = steps.flatMap(messagesOf).map(([message]) => message.type);
  const twice = types.find((type, index) => types.indexOf(type) < index);
  return twice && `${twice} stands in it twice.`;
}

const article = (kind: MessageKind) => (kind === 'event' ? `an ${kind}` : `a ${kind}`);

function place(index: number, pivot: number): 'before' | 'pivot' | 'after' {
  if (index === pivot) return 'pivot';
  return index < pivot ? 'before' : 'after';
}

function findStepProblem(step: Outcomes, where: 'before' | 'pivot' | 'after'): string | undefined {
  if (where === 'before' && !step.undone) {
    return 'comes before the point of no return and needs an undo. Or mark it as pivot.';
  }
  if (where === 'after' && step.undone) return 'comes after the pivot and is never undone: remove its undo.';
  if (where === 'after' && step.refused)
    return 'comes after the pivot and has to succeed: remove its refused.';
  return undefined;
}
