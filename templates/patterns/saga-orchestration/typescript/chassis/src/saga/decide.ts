// All rules of a saga, as one pure function: no clock, no database, no broker. The engine runs it with
// the saga's row locked, so whichever of two racing events gets the row first decides.
import type { Message } from '../contract/index.ts';
import type { SagaDefinition, Step } from './definition.ts';
import { isEnded, type Progress } from './status.ts';
import { type SagaData, stepAt } from './table.ts';

export interface SagaState extends Progress {
  /** Index of the step whose command is unanswered. */
  readonly step: number;
  readonly data: SagaData;
  /** Message id of the last command sent, null at the end: only its answer counts. Set by the sender. */
  readonly lastCommandId: string | null;
}

export type ReplyResult = 'succeeded' | 'refused' | 'undone' | 'failed';

export type SagaEvent =
  /** 'failed': the command ended in the dead letters, so nobody knows what it did. */
  | {
      readonly type: 'reply';
      readonly commandId: string;
      readonly result: ReplyResult;
      readonly data?: SagaData;
      readonly reason?: string;
    }
  /** The deadline has passed. */
  | { readonly type: 'deadline' }
  /** The last command has been unanswered for `retryDelay`. */
  | { readonly type: 'overdue' }
  /** An operator sends the command again, declares it done, or gives the saga up. */
  | { readonly type: 'retry' }
  | { readonly type: 'skip' }
  | { readonly type: 'abort' };

export interface LogEntry {
  readonly service: string;
  /** Name of the command, or of the saga for its start and end. */
  readonly step: string;
  readonly result:
    | ReplyResult
    | 'started'
    | 'sent'
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
  /** To be sent now; its id becomes `lastCommandId`. */
  readonly command?: Message;
  readonly log: readonly LogEntry[];
  /** Why the event changed nothing. */
  readonly ignored?: string;
}

/** The first transition. */
export function begin(definition: SagaDefinition, data: SagaData): Decision {
  const state = { status: 'RUNNING', step: 0, data, lastCommandId: null, attempts: 0, reason: null } as const;
  return send(definition, state, [sagaEntry(definition, 'started')]);
}

/** What `event` does to a saga in `state`. An event that comes too late, or twice, is ignored with the reason. */
export function decide(definition: SagaDefinition, state: SagaState, event: SagaEvent): Decision {
  if (isEnded(state)) return ignore(state, `it has ended as ${state.status}`);
  switch (event.type) {
    case 'reply':
      if (event.commandId !== state.lastCommandId) return ignore(state, 'it answers an earlier command');
      return onReply(definition, state, event);
    case 'deadline':
      return onDeadline(definition, state);
    case 'overdue':
      if (state.status === 'RUNNING') return ignore(state, 'its deadline decides');
      return resend(definition, state, 'resent');
    case 'retry':
      return resend(definition, { ...state, attempts: 0 }, 'resent');
    case 'skip':
      return onSkip(definition, state);
    case 'abort':
      return onAbort(definition, state);
  }
}

function onReply(
  definition: SagaDefinition,
  state: SagaState,
  reply: SagaEvent & { type: 'reply' },
): Decision {
  const { result, data, reason } = reply;
  const log = [entry(definition, state, result, reason)];
  if (result === 'failed') {
    if (state.status === 'RUNNING') return undoUnanswered(definition, state, { reason: 'failed', log });
    return { state, log };
  }
  if (state.status === 'COMPENSATING') {
    if (result !== 'undone') return ignore(state, 'it is being undone');
    return backward(definition, state, log);
  }
  if (result === 'succeeded') return forward(definition, { ...state, data: { ...state.data, ...data } }, log);
  if (result === 'refused' && state.status !== 'COMPLETING') {
    // A refused step has done nothing: the one before it is the first to be undone.
    return backward(definition, { ...state, reason: reason ?? 'refused' }, log);
  }
  return ignore(state, 'it only goes forward');
}

function onDeadline(definition: SagaDefinition, state: SagaState): Decision {
  if (state.status !== 'RUNNING') return ignore(state, `it is ${state.status}`);
  const log = [entry(definition, state, 'deadline')];
  return undoUnanswered(definition, state, { reason: 'deadline', log });
}

function onSkip(definition: SagaDefinition, state: SagaState): Decision {
  const log = [entry(definition, state, 'skipped')];
  if (state.status === 'COMPLETING') return forward(definition, state, log);
  if (state.status === 'COMPENSATING') return backward(definition, state, log);
  return ignore(
    state,
    `${commandType(definition, state).type} may still answer: only a step after the pivot or an undo is skipped`,
  );
}

function onAbort(definition: SagaDefinition, state: SagaState): Decision {
  const { call, undo } = stepAt(definition, state.step);
  if (state.status === 'COMPLETING') return ignore(state, 'it is past its pivot and only goes forward');
  if (state.status === 'COMPENSATING') return ignore(state, 'it is being undone already');
  if (!undo) return ignore(state, `${call.type} is unanswered and has no undo: its answer decides`);
  return undoUnanswered(definition, state, { reason: 'aborted', log: [entry(definition, state, 'aborted')] });
}

/** Turns back at a step of which nobody knows whether it was done: it is undone too, or asked until it answers. */
function undoUnanswered(
  definition: SagaDefinition,
  state: SagaState,
  { reason, log }: { reason: string; log: readonly LogEntry[] },
): Decision {
  // A command of its own: the one before was worth nothing after the deadline.
  if (!stepAt(definition, state.step).undo)
    return resend(definition, { ...state, status: 'IN_DOUBT', attempts: 0 }, 'resent', log);
  return send(definition, { ...state, status: 'COMPENSATING', reason }, log);
}

/** The step is done: on to the next one. */
function forward(definition: SagaDefinition, state: SagaState, log: readonly LogEntry[]): Decision {
  const status = state.step >= definition.pivot ? 'COMPLETING' : 'RUNNING';
  const step = state.step + 1;
  if (step === definition.steps.length) return end(definition, { ...state, status: 'CONFIRMED' }, log);
  return send(definition, { ...state, status, step }, log);
}

/** The step is undone, or was refused: on to undoing the one before it. */
function backward(definition: SagaDefinition, state: SagaState, log: readonly LogEntry[]): Decision {
  const step = state.step - 1;
  if (step < 0) return end(definition, { ...state, status: 'REJECTED' }, log);
  return send(definition, { ...state, status: 'COMPENSATING', step }, log);
}

function send(definition: SagaDefinition, state: SagaState, log: readonly LogEntry[]): Decision {
  return resend(definition, { ...state, attempts: 0 }, 'sent', log);
}

function resend(
  definition: SagaDefinition,
  before: SagaState,
  result: 'sent' | 'resent',
  log: readonly LogEntry[] = [],
): Decision {
  const state = { ...before, attempts: before.attempts + 1 };
  const type = commandType(definition, state);
  const sent = [...log, entry(definition, state, result)];
  if (state.attempts === definition.retry.stuckAfter) sent.push(entry(definition, state, 'stuck'));
  return { state, command: type(type.schema.parse(state.data)), log: sent };
}

function end(definition: SagaDefinition, state: SagaState, log: readonly LogEntry[]): Decision {
  const last =
    state.status === 'CONFIRMED'
      ? sagaEntry(definition, 'confirmed')
      : sagaEntry(definition, 'rejected', state.reason ?? undefined);
  return { state: { ...state, lastCommandId: null, attempts: 0 }, log: [...log, last] };
}

const ignore = (state: SagaState, ignored: string): Decision => ({ state, log: [], ignored });

function commandType(definition: SagaDefinition, { status, step }: SagaState): Step['call'] {
  const { call, undo } = stepAt(definition, step);
  return status === 'COMPENSATING' && undo ? undo : call;
}

function entry(
  definition: SagaDefinition,
  state: SagaState,
  result: LogEntry['result'],
  reason?: string,
): LogEntry {
  const { service } = stepAt(definition, state.step);
  const step = commandType(definition, state).type;
  return { service, step, result, ...(reason === undefined ? {} : { reason }) };
}

function sagaEntry(definition: SagaDefinition, result: LogEntry['result'], reason?: string): LogEntry {
  const { initiator, name } = definition;
  return { service: initiator, step: name, result, ...(reason === undefined ? {} : { reason }) };
}
