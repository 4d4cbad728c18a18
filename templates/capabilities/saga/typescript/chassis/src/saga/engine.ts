// Runs sagas: each transition is one transaction in which the row is locked, `decide` is asked, and the new
// state, the log and what is to be sent are written together.
import { type Database, isInfrastructureError, type Tx } from '../database/index.ts';
import { type Envelope, NotThisInstance } from '../messaging/index.ts';
import { type Logger, withSpan } from '../telemetry/index.ts';
import { carryOut } from './carry-out.ts';
import { begin, type Decision, decide, type SagaEvent } from './decide.ts';
import type { SagaDefinition } from './definition.ts';
import { insertSaga, lockDueSaga, postponeSaga, type SagaInstance } from './store.ts';
import type { SagaData } from './table.ts';

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

function findDefinition(
  definitions: readonly SagaDefinition[],
  { name, version }: SagaInstance,
): SagaDefinition {
  const found = definitions.find((definition) => definition.name === name && definition.version === version);
  if (!found) throw new NotThisInstance(`Saga "${name}" version ${version} is not known here.`);
  return found;
}
