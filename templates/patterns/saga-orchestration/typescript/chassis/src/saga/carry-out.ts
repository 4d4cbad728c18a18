// What follows from a decision: the new state, the log, the next command or the end, all in the transaction that
// decided.
import { randomUUID } from 'node:crypto';
import type { Tx } from '../database/index.ts';
import { type Envelope, enqueue } from '../messaging/index.ts';
import type { Decision } from './decide.ts';
import type { SagaDefinition } from './definition.ts';
import { isEnded, isStuck, retryDelay } from './status.ts';
import { appendLog, type SagaInstance, saveSaga } from './store.ts';

/** Does what was decided about a saga that is locked. */
export async function carryOut(
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
    const sending = { id: commandId, replyTo: definition.replies, expiresAt };
    const attempt = state.attempts > 1 ? state.attempts : undefined;
    await enqueue(tx, command, { ...origin, ...sending, attempt });
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
