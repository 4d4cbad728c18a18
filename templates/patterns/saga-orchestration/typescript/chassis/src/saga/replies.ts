import type { Tx } from '../database/index.ts';
import { CommandFailed, type Envelope, type Handler, handles } from '../messaging/index.ts';
import type { ReplyResult } from './decide.ts';
import type { SagaDefinition } from './definition.ts';
import { type SagaContext, transition } from './engine.ts';
import { lockSaga, type SagaId } from './store.ts';
import type { SagaData } from './table.ts';

/**
 * Handlers for everything that the sagas' commands are answered with, for the messaging part. Takes every table
 * that may still have open sagas, old versions included.
 */
export function replyHandlers(...definitions: readonly SagaDefinition[]): Handler[] {
  const handler = (type: Handler['message'], result: ReplyResult) =>
    handles(type, (data, { tx, envelope, log }) =>
      receive(tx, { definitions, log }, { envelope, result, data }),
    );
  const handlers = new Map([[CommandFailed.type, handler(CommandFailed, 'failed')]]);
  for (const { succeeded, refused, undone } of definitions.flatMap(({ steps }) => steps)) {
    handlers.set(succeeded.type, handler(succeeded, 'succeeded'));
    if (refused) handlers.set(refused.type, handler(refused, 'refused'));
    if (undone) handlers.set(undone.type, handler(undone, 'undone'));
  }
  return [...handlers.values()];
}

/** Handles the reply to a command; the reply's own inbox row is in the same transaction. */
async function receive(
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

function parseCorrelation(correlationId = ''): SagaId | undefined {
  const colon = correlationId.indexOf(':');
  return colon === -1
    ? undefined
    : { name: correlationId.slice(0, colon), key: correlationId.slice(colon + 1) };
}
