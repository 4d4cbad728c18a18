// A saga is a table: which command each step sends, what its answers mean and how it is undone. Whoever
// runs the saga, draws it or tests it reads this one table.
import type { z } from 'zod';
import { type Duration, milliseconds } from '../config/index.ts';
import type { MessageKind, MessageType } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import type { Said } from '../messaging/handler.ts';

// biome-ignore lint/suspicious/noExplicitAny: messages of different shapes stand in one table.
type AnyMessage = MessageType<any>;

/**
 * One step, done by `service`. Its commands take the fields their schemas name from the saga's data, and the
 * data of `succeeded` is merged into it. All commands of one saga must carry the same business key.
 */
export interface Step {
  readonly service: string;
  readonly call: AnyMessage;
  readonly succeeded: AnyMessage;
  /** The participant said no and did nothing; its data has a `reason`. Absent: the step cannot be refused. */
  readonly refused?: AnyMessage;
  /** Command that takes the step back, also one that was never done or whose answer is not known. */
  readonly undo?: AnyMessage;
  readonly undone?: AnyMessage;
  /** The point of no return: once it has succeeded, the saga only goes forward. */
  readonly pivot?: true;
}

/** The saga's data: an object of what it was started with and what the steps have answered. */
export type SagaData = Record<string, unknown>;

interface SagaOptions<D extends SagaData> {
  /** The service that starts it and keeps its state; replies arrive on `<initiator>-replies`. */
  readonly initiator: string;
  /** Raise it with every change of the steps and keep the old table beside it until its last saga has ended. */
  readonly version?: number;
  readonly data: z.ZodType<D>;
  readonly key: (data: D) => string;
  /** How long the saga may take to get past its pivot before it is undone. Keep it far above the 99th percentile. */
  readonly deadline: Duration;
  readonly steps: readonly Step[];
  /** When a command is sent again; doubled each time up to `max`. From `stuckAfter` attempts on it is an alert. */
  readonly retry?: { readonly first: Duration; readonly max: Duration; readonly stuckAfter: number };
  /** The initiator's own last transition, in the transaction that ends the saga well. */
  readonly confirm: (tx: Tx, data: D) => Promise<Said>;
  /** Its counterpart, once all is undone. `reason`: of the refusal, 'deadline', 'failed' or 'aborted'. */
  readonly reject: (tx: Tx, data: D, reason: string) => Promise<Said>;
}

// biome-ignore lint/suspicious/noExplicitAny: sagas with different data are run by one engine.
export interface SagaDefinition<D extends SagaData = any> extends Omit<SagaOptions<D>, 'deadline' | 'retry'> {
  readonly name: string;
  readonly version: number;
  /** Channel of the replies. */
  readonly replies: string;
  readonly deadlineMs: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number; readonly stuckAfter: number };
  /** Index of the pivot; without one the last step's success is the point of no return. */
  readonly pivot: number;
}

const RETRY = { first: '2s', max: '5m', stuckAfter: 10 } as const;

/** Declares a saga. Throws when the table cannot work, with the step that is wrong. */
export function saga<D extends SagaData>(name: string, options: SagaOptions<D>): SagaDefinition<D> {
  const { version = 1, deadline, retry = RETRY, steps } = options;
  const problem = findProblem(name, steps);
  if (problem) throw new Error(`Saga "${name}": ${problem}`);
  const marked = steps.findIndex((step) => step.pivot);
  return {
    ...options,
    name,
    version,
    replies: `${options.initiator}-replies`,
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
export function stepAt(definition: SagaDefinition, index: number): Step {
  const step = definition.steps[index];
  if (!step) throw new Error(`Saga "${definition.name}" version ${definition.version} has no step ${index}.`);
  return step;
}

function findProblem(name: string, steps: readonly Step[]): string | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return 'its name must be lower case words joined by "-".';
  if (steps.length === 0) return 'it has no steps.';
  const pivots = steps.filter((step) => step.pivot);
  if (pivots.length > 1)
    return `both ${pivots.map((step) => step.call.type).join(' and ')} are marked as pivot.`;
  const pivot = steps.findIndex((step) => step.pivot);
  for (const [index, step] of steps.entries()) {
    const problem = findStepProblem(step, pivot === -1 ? 'before' : place(index, pivot));
    if (problem) return `step ${step.call.type} ${problem}`;
  }
  const types = steps.flatMap(messagesOf).map(([message]) => message.type);
  const twice = types.find((type, index) => types.indexOf(type) < index);
  return twice && `${twice} stands in it twice.`;
}

function place(index: number, pivot: number): 'before' | 'pivot' | 'after' {
  if (index === pivot) return 'pivot';
  return index < pivot ? 'before' : 'after';
}

function findStepProblem(step: Step, where: 'before' | 'pivot' | 'after'): string | undefined {
  const wrong = messagesOf(step).find(([message, kind]) => message.kind !== kind);
  if (wrong) return `takes ${wrong[0].type} as a ${wrong[1]}, but it is declared as ${wrong[0].kind}.`;
  if (Boolean(step.undo) !== Boolean(step.undone)) return 'needs both undo and undone, or none of them.';
  if (where === 'before' && !step.undo) {
    return 'comes before the point of no return and needs an undo. Or mark it as pivot.';
  }
  if (where === 'after' && step.undo) return 'comes after the pivot and is never undone: remove its undo.';
  if (where === 'after' && step.refused)
    return 'comes after the pivot and has to succeed: remove its refused.';
  return undefined;
}

function messagesOf(step: Step): [AnyMessage, MessageKind][] {
  const { call, succeeded, refused, undo, undone } = step;
  const messages: [AnyMessage | undefined, MessageKind][] = [
    [call, 'command'],
    [succeeded, 'reply'],
    [refused, 'reply'],
    [undo, 'command'],
    [undone, 'reply'],
  ];
  return messages.filter((entry): entry is [AnyMessage, MessageKind] => entry[0] !== undefined);
}
