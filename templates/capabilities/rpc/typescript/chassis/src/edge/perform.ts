// One request, whatever protocol it came by: input, idempotency key, handler, output.
import type { Operation } from '../contract/index.ts';
import { unkeepable } from '../database/index.ts';
import { invalidArgument } from '../errors/index.ts';
import type { Host } from '../lifecycle/part.ts';
import { contextOf } from './context.ts';
import { findStored, keyedRequest } from './idempotency.ts';
import type { Route } from './route.ts';

export interface EdgeRequest {
  /** The input as it came. */
  readonly raw: unknown;
  /** Its idempotency key; operations that take none ignore it. */
  readonly key?: string | undefined;
  /** Instant of the monotonic clock after which nobody waits for the answer. */
  readonly deadline: number;
  /** Aborted when the caller is gone or the deadline has passed. */
  readonly signal: AbortSignal;
}

/**
 * The output that answers a request, as the operation's schema has it: unknown keys are dropped. Repeated under its key
 * a request gets the first one's output. Throws ServiceError, or whatever went wrong.
 */
export async function perform(
  host: Host,
  { operation, handler }: Route,
  { raw, key, deadline, signal }: EdgeRequest,
): Promise<unknown> {
  const input = validInput(operation, raw);
  const isKeyed = operation.idempotencyKey && key !== undefined;
  const keyed = isKeyed ? keyedRequest(operation, { key, input }) : undefined;
  const earlier = keyed && (await findStored(host.db, keyed));
  if (earlier) return earlier.output;

  const { context, stored } = contextOf({ host, operation, keyed, deadline, signal });
  const output = await handler(input, context);
  if (!keyed) return operation.output.parse(output);
  const kept = stored();
  if (!kept) throw new Error('An operation with idempotencyKey has to use context.transaction');
  return kept.output;
}

/** The operation's input; InvalidArgument names what is wrong with it. */
export function validInput(operation: Operation, raw: unknown): unknown {
  const { success, data, error } = operation.input.safeParse(raw);
  if (!success) {
    const details = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw invalidArgument('Invalid input', details);
  }
  const path = unkeepable(data);
  if (path !== undefined) throw invalidArgument('Invalid input', [{ path, message: 'has a NUL character' }]);
  return data;
}
