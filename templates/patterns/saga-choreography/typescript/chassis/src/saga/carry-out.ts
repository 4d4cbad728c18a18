// What follows from a decision: the new state, the log, and what the initiator tells, all in the transaction that
// decided.
import type { Message } from '../contract/index.ts';
import type { Tx } from '../database/index.ts';
import { type Envelope, enqueue } from '../messaging/index.ts';
import type { Decision, Told } from './decide.ts';
import type { SagaDefinition } from './definition.ts';
import { isStuck, retryDelay } from './status.ts';
import { appendLog, type SagaInstance, saveSaga } from './store.ts';

/** Does what was decided about a saga that is locked. */
export async function carryOut(
  tx: Tx,
  definition: SagaDefinition,
  { instance, decision, cause }: { instance: SagaInstance; decision: Decision; cause?: Envelope | undefined },
): Promise<void> {
  const message = await tell(tx, definition, decision);
  const state = message ? { ...decision.state, told: toTold(message) } : decision.state;
  await saveSaga(tx, instance, {
    state,
    stuck: isStuck(definition, state),
    retryMs: retryDelay(definition, state),
  });
  await appendLog(tx, instance, decision.log);
  const correlationId = `${instance.name}:${instance.key}`;
  const attempt = decision.tell === 'again' ? state.attempts : undefined;
  await enqueue(tx, message, { correlationId, attempt, ...(cause ? { cause } : {}) });
}

/** The event to be sent. Told again it says the same under a new id, so that every inbox lets it through. */
async function tell(
  tx: Tx,
  definition: SagaDefinition,
  { tell, state }: Decision,
): Promise<Message | undefined> {
  const { started, confirm, reject } = definition;
  switch (tell) {
    case 'started':
      return started(state.data, { aggregateVersion: 1 });
    case 'confirmed':
      return confirm(tx, state.data);
    case 'rejected':
      return reject(tx, state.data, state.reason ?? '');
    case 'again':
      return state.told ? toMessage(definition, state.told) : undefined;
    default:
      return undefined;
  }
}

function toTold({ type: { type }, data, aggregateVersion }: Message): Told {
  return { type, data, ...(aggregateVersion === undefined ? {} : { aggregateVersion }) };
}

function toMessage(
  { name, started, confirmed, rejected }: SagaDefinition,
  { type, data, ...version }: Told,
): Message {
  const found = [started, confirmed, rejected].find((event) => event.type === type);
  if (!found) throw new Error(`Saga "${name}" has told ${type}, which its table does not name.`);
  return found(data, version);
}
