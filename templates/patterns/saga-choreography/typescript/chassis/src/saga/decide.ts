// All rules of the initiator, as one pure function: no clock, no database, no broker. The engine runs it with
// the saga's row locked, so whichever of two racing events gets the row first decides. What was told is a set,
// so that no rule depends on the order in which events arrive.
import type { SagaDefinition, Step } from './definition.ts';
import { isEnded, type Progress } from './status.ts';
import type { SagaData } from './table.ts';

export interface SagaState extends Progress {
  /** Types of the participants' events that were heard. */
  readonly heard: readonly string[];
  /** What it was started with. */
  readonly data: SagaData;
  /** The event that the initiator told last, to be told again. Set by the sender. */
  readonly told: Told | null;
}

/** An event as it is kept. */
export interface Told {
  readonly type: string;
  readonly data: unknown;
  readonly aggregateVersion?: number;
}

export type StepResult = 'succeeded' | 'refused' | 'undone';

export type SagaEvent =
  /** A participant has told how its step went. */
  | { readonly type: 'heard'; readonly message: string; readonly reason?: string }
  /** The deadline has passed. */
  | { readonly type: 'deadline' }
  /** What follows from the last event told has been unanswered for `retryDelay`. */
  | { readonly type: 'overdue' }
  /** An operator has the last event told again, takes what is missing as done, or gives the saga up. */
  | { readonly type: 'retry' }
  | { readonly type: 'skip' }
  | { readonly type: 'abort' };

export interface LogEntry {
  readonly service: string;
  /** Name of the event. */
  readonly step: string;
  readonly result:
    | StepResult
    | 'started'
    | 'resent'
    | 'stuck'
    | 'deadline'
    | 'aborted'
    | 'skipped'
    | 'confirmed'
    | 'rejected';
  readonly reason?: string;
}

export interface Decision {
  readonly state: SagaState;
  /** What the initiator tells now; 'again': what it told last. */
  readonly tell?: 'started' | 'confirmed' | 'rejected' | 'again';
  readonly log: readonly LogEntry[];
  /** Why the event changed nothing. */
  readonly ignored?: string;
}

/** The first transition. */
export function begin(definition: SagaDefinition, data: SagaData): Decision {
  const state = { status: 'RUNNING', attempts: 1, reason: null, heard: [], data, told: null } as const;
  return { state, tell: 'started', log: [own(definition, 'started')] };
}

/** What `event` does to a saga in `state`. An event that comes too late, or twice, is ignored with the reason. */
export function decide(definition: SagaDefinition, state: SagaState, event: SagaEvent): Decision {
  if (isEnded(state)) return ignore(state, `it has ended as ${state.status}`);
  switch (event.type) {
    case 'heard':
      return onHeard(definition, state, event);
    case 'deadline':
      return onDeadline(definition, state);
    case 'overdue':
      if (state.status === 'RUNNING') return ignore(state, 'its deadline decides');
      return again(definition, state);
    case 'retry':
      return again(definition, { ...state, attempts: 0 });
    case 'skip':
      return onSkip(definition, state);
    case 'abort':
      return onAbort(definition, state);
  }
}

/** What a participant's event says about which step; undefined for an event that is none of this saga's. */
export function meaningOf(
  { steps }: SagaDefinition,
  type: string,
): { index: number; step: Step; result: StepResult } | undefined {
  for (const [index, step] of steps.entries()) {
    for (const result of ['succeeded', 'refused', 'undone'] as const)
      if (step[result]?.type === type) return { index, step, result };
  }
  return undefined;
}

/** Types of the events that a saga past its decision still waits for: successes, or that all is undone. */
export function missing(definition: SagaDefinition, { status, heard }: SagaState): readonly string[] {
  const { steps, pivot } = definition;
  const awaited =
    status === 'COMPLETING'
      ? steps.slice(pivot + 1).map(({ succeeded }) => succeeded)
      : steps.map(({ undone }) => undone);
  return awaited.flatMap((message) => (message && !heard.includes(message.type) ? [message.type] : []));
}

function onHeard(
  definition: SagaDefinition,
  before: SagaState,
  { message, reason }: SagaEvent & { type: 'heard' },
): Decision {
  const meaning = meaningOf(definition, message);
  if (!meaning) return ignore(before, 'it is none of its steps');
  if (before.heard.includes(message)) return ignore(before, 'it was told before');
  const { index, step, result } = meaning;
  const state = { ...before, heard: [...before.heard, message] };
  const log = [{ service: step.service, step: message, result, ...(reason === undefined ? {} : { reason }) }];
  if (state.status === 'RUNNING' || state.status === 'IN_DOUBT') {
    if (result === 'refused') return turnBack(definition, state, { reason: reason ?? 'refused', log });
    // That it succeeded says of the steps before it that they did, even where their events are late.
    if (result === 'succeeded' && index === definition.pivot) return complete(definition, state, log);
  }
  return settle(definition, { state, log });
}

function onDeadline(definition: SagaDefinition, state: SagaState): Decision {
  if (state.status !== 'RUNNING') return ignore(state, `it is ${state.status}`);
  const log = [own(definition, 'deadline')];
  // Nobody knows whether the pivot was done, and nothing undoes it: its answer decides, however late.
  if (!isReversible(definition)) return again(definition, { ...state, status: 'IN_DOUBT', attempts: 0 }, log);
  return turnBack(definition, state, { reason: 'deadline', log });
}

function onSkip(definition: SagaDefinition, state: SagaState): Decision {
  const { status } = state;
  if (status !== 'COMPLETING' && status !== 'COMPENSATING')
    return ignore(state, 'its steps may still answer: only a step after the pivot or an undo is skipped');
  const skipped = missing(definition, state);
  const log = skipped.map((type): LogEntry => {
    const service = meaningOf(definition, type)?.step.service ?? '';
    return { service, step: type, result: 'skipped' };
  });
  return settle(definition, { state: { ...state, heard: [...state.heard, ...skipped] }, log });
}

function onAbort(definition: SagaDefinition, state: SagaState): Decision {
  if (state.status === 'COMPLETING') return ignore(state, 'it is past its pivot and only goes forward');
  if (state.status === 'COMPENSATING') return ignore(state, 'it is being undone already');
  if (!isReversible(definition)) {
    const pivot = definition.steps[definition.pivot]?.succeeded.type;
    return ignore(
      state,
      `whether ${pivot} will be told is not known, and nothing undoes it: its answer decides`,
    );
  }
  return turnBack(definition, state, { reason: 'aborted', log: [own(definition, 'aborted')] });
}

/** A pivot that can be undone may be in doubt: it is undone with the others. */
const isReversible = ({ steps, pivot }: SagaDefinition) => steps[pivot]?.undone !== undefined;

/** The pivot is done: those that have to succeed follow. */
function complete(definition: SagaDefinition, before: SagaState, log: readonly LogEntry[]): Decision {
  const state: SagaState = { ...before, status: 'COMPLETING', attempts: 1 };
  return settle(definition, { state, tell: 'confirmed', log: [...log, own(definition, 'confirmed')] });
}

/** Every step is taken back by the service that has done it, or is never going to be done. */
function turnBack(
  definition: SagaDefinition,
  before: SagaState,
  { reason, log }: { reason: string; log: readonly LogEntry[] },
): Decision {
  const state: SagaState = { ...before, status: 'COMPENSATING', attempts: 1, reason };
  return settle(definition, { state, tell: 'rejected', log: [...log, own(definition, 'rejected', reason)] });
}

/** Ends the saga once nothing is missing. */
function settle(definition: SagaDefinition, decision: Decision): Decision {
  const { state } = decision;
  if (state.status !== 'COMPLETING' && state.status !== 'COMPENSATING') return decision;
  if (missing(definition, state).length > 0) return decision;
  const status = state.status === 'COMPLETING' ? 'CONFIRMED' : 'REJECTED';
  return { ...decision, state: { ...state, status, attempts: 0 } };
}

function again(definition: SagaDefinition, before: SagaState, log: readonly LogEntry[] = []): Decision {
  const state = { ...before, attempts: before.attempts + 1 };
  const step = lastTold(definition, state);
  const entries = [...log, { ...own(definition, 'resent'), step }];
  if (state.attempts === definition.retry.stuckAfter) entries.push({ ...own(definition, 'stuck'), step });
  return { state, tell: 'again', log: entries };
}

/** An entry of the initiator's own: under the event it tells, or under the saga's name. */
function own(definition: SagaDefinition, result: LogEntry['result'], reason?: string): LogEntry {
  const { initiator, name, started, confirmed, rejected } = definition;
  const events: Partial<Record<LogEntry['result'], string>> = {
    started: started.type,
    confirmed: confirmed.type,
    rejected: rejected.type,
  };
  const step = events[result] ?? name;
  return { service: initiator, step, result, ...(reason === undefined ? {} : { reason }) };
}

/** The event that is told again. */
function lastTold({ started, confirmed, rejected }: SagaDefinition, { status }: SagaState): string {
  if (status === 'COMPLETING') return confirmed.type;
  return status === 'COMPENSATING' ? rejected.type : started.type;
}

const ignore = (state: SagaState, ignored: string): Decision => ({ state, log: [], ignored });
