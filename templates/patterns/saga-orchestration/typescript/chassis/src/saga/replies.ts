import { CommandFailed, type Handler, handles } from '../messaging/index.ts';
import type { ReplyResult } from './decide.ts';
import type { SagaDefinition } from './definition.ts';
import { receive } from './engine.ts';

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
