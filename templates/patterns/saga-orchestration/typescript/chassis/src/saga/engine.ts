// Runs sagas: each transition is one transaction in which the row is locked, `decide` is asked, and the new
// state, the log and what is to be sent are written together.
import { randomUUID } from 'node:crypto';
import { type Database, isInfrastructureError, type Tx } from '../database/index.ts';
import { unavailable } from '../errors/index.ts';
import { type Envelope, enqueue } from '../messaging/index.ts';
import { type Logger, withSpan } from '../telemetry/index.ts';
import {
  begin,
  type Decision,
  decide,
  isEnded,
  isStuck,
  type ReplyResult,
  retryDelay,
  type SagaEvent,
} from './decide.ts';
import type { SagaData, SagaDefinition } from './definition.ts';
import {
  appendLog,
  insertSaga,
  lockDueSaga,
  lockSaga,
  postponeSaga,
  type SagaId,
  type SagaInstance,
  saveSaga,
} from './store.ts';

export interface SagaContext {
  /** Every version that may still be open. */
  readonly definitions: readonly SagaDefinition[];
  readonly log: Logger;
}

/**
 * Starts a saga in the caller's transaction. False, and nothing is sent, when one with this key was started before.
 */
export async function start<D extends SagaData>(
  tx: Tx,
  definition: SagaDefinition<D>,
  data: D,
): Promise<boolean> {
  const parsed = definition.data.parse(data);
  const decision = begin(definition, parsed);
  const instance = await insertSaga(tx, definition, { key: definition.key(parsed), state: decision.state });
  if (!instance) return false;
  await carryOut(tx, definition, { instance, decision });
  return true;
}

/** Handles the reply to a command; the reply's own inbox row is in the same transaction. */
export async function receive(
  tx: Tx,
  { definitions, log }: SagaContext,
  { envelope, result, data }: { envelope: Envelope; result: ReplyResult; data: SagaData },
): Promise<void> {
  const id = parseCorrelation(envelope.correlationId);
  const instance = id && (await lockSaga(tx, id));
  if (!instance) {
    log.warn({ message: envelope.id, type: envelope.type }, 'reply to no saga ignored');
    return;
  }
  const reason = typeof data.reason === 'string' ? { reason: data.reason } : {};
  const event = { type: 'reply', commandId: envelope.causationId ?? '', result, data, ...reason } as const;
  await transition(tx, { definitions, log }, { instance, event, cause: envelope });
}

/** Fires one deadline or retry that is due, in a transaction of its own; false when there is none. */
export async function fireDue(db: Database, context: SagaContext): Promise<boolean> {
  let instance: SagaInstance | undefined;
  try {
    return await db.transaction(async (tx) => {
      instance = await lockDueSaga(tx, context.definitions);
      if (!instance) return false;
      const found = instance;
      const type = found.deadlineAt ? 'deadline' : 'overdue';
      await withSpan(`saga ${type}`, { links: found.traceparent ? [found.traceparent] : [] }, () =>
        transition(tx, context, { instance: found, event: { type } }),
      );
      return true;
    });
  } catch (error) {
    if (!instance || isInfrastructureError(error)) throw error;
    context.log.error(
      { saga: instance.name, key: instance.key, err: error },
      'saga cannot be handled, trying again in a minute',
    );
    await postponeSaga(db, instance);
    return true;
  }
}

/** Lets the table decide about `event` and does what it says. The instance is locked by the caller. */
export async function transition(
  tx: Tx,
  { definitions, log }: SagaContext,
  { instance, event, cause }: { instance: SagaInstance; event: SagaEvent; cause?: Envelope },
): Promise<Decision> {
  const definition = findDefinition(definitions, instance);
  const decision = decide(definition, instance.state, event);
  const fields = { saga: instance.name, key: instance.key };
  if (decision.ignored) {
    log.info({ ...fields, event: cause?.type ?? event.type, why: decision.ignored }, 'saga event ignored');
    return decision;
  }
  await carryOut(tx, definition, { instance, decision, cause });
  for (const entry of decision.log) {
    if (entry.result === 'stuck') log.error({ ...fields, ...entry }, 'saga is stuck');
    else log.info({ ...fields, ...entry }, 'saga step');
  }
  return decision;
}

async function carryOut(
  tx: Tx,
  definition: SagaDefinition,
  { instance, decision, cause }: { instance: SagaInstance; decision: Decision; cause?: Envelope | undefined },
): Promise<void> {
  const { command, log } = decision;
  const commandId = command ? randomUUID() : decision.state.lastCommandId;
  const state = { ...decision.state, lastCommandId: commandId };
  await saveSaga(tx, instance, {
    state,
    stuck: isStuck(definition, state),
    retryMs: retryDelay(definition, state),
  });
  await appendLog(tx, instance, log);
  const origin = { correlationId: `${instance.name}:${instance.key}`, ...(cause ? { cause } : {}) };
  if (command && commandId) {
    // A command from before the pivot is worth nothing after the deadline, however late it is replayed.
    const expiresAt = state.status === 'RUNNING' ? instance.deadlineAt?.toISOString() : undefined;
    await enqueue(tx, command, { ...origin, id: commandId, replyTo: definition.replies, expiresAt });
  }
  if (isEnded(state)) {
    const { confirm, reject } = definition;
    const said =
      state.status === 'CONFIRMED'
        ? await confirm(tx, state.data)
        : await reject(tx, state.data, state.reason ?? '');
    await enqueue(tx, said, origin);
  }
}

function findDefinition(
  definitions: readonly SagaDefinition[],
  { name, version }: SagaInstance,
): SagaDefinition {
  const found = definitions.find((definition) => definition.name === name && definition.version === version);
  // During a rolling deploy another instance knows it: the message waits, and no attempt is counted.
  if (!found) throw unavailable(`Saga "${name}" version ${version} is not known to this service.`);
  return found;
}

function parseCorrelation(correlationId = ''): SagaId | undefined {
  const colon = correlationId.indexOf(':');
  return colon === -1
    ? undefined
    : { name: correlationId.slice(0, colon), key: correlationId.slice(colon + 1) };
}
