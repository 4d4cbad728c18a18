// Why handling failed decides what happens next: a message that can never be handled must not be tried again,
// and one that merely met an outage must not be blamed for it.
import { inspect } from 'node:util';
import { z } from 'zod';
import { reply } from '../contract/index.ts';
import { isInfrastructureError, keepable } from '../database/index.ts';
import { ServiceError } from '../errors/index.ts';

/** The message can never be handled, now or later: it goes to the dead letters at once. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/**
 * This instance of the service cannot handle the message and another one can, such as during a rolling deploy: it waits
 * for that one, and no attempt is counted.
 */
export class NotThisInstance extends Error {
  override readonly name = 'NotThisInstance';
}

/** `infrastructure`: the service cannot work now, whatever the message; its consumers pause and count nothing. */
export type FailureClass = 'permanent' | 'retryable' | 'elsewhere' | 'infrastructure';

/** Tells the classes apart; what nobody knows is worth another try. */
export function classify(error: unknown): FailureClass {
  if (error instanceof PermanentError) return 'permanent';
  if (error instanceof NotThisInstance) return 'elsewhere';
  if (isInfrastructureError(error)) return 'infrastructure';
  if (!(error instanceof ServiceError)) return 'retryable';
  if (error.code === 'InvalidArgument' || error.code === 'Unprocessable') return 'permanent';
  return error.code === 'Unavailable' ? 'infrastructure' : 'retryable';
}

/** What was wrong, as text that can be kept: it may quote a message. Handlers throw what they like, also no errors. */
export const reasonOf = (error: unknown): string =>
  keepable(error instanceof Error ? error.message : inspect(error));

/** Answers a command that ended in the dead letters, so that its sender need not wait for a deadline. */
export const CommandFailed = reply('CommandFailed', {
  schema: z.object({ commandId: z.string(), type: z.string(), reason: z.string() }),
  key: ({ commandId }) => commandId,
  example: {
    commandId: '0b0e7f0a',
    type: 'ReserveSeat',
    reason: 'SCHEMA_MISMATCH: row: expected number',
  },
});
