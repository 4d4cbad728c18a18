// What the log tells of a request that failed.
import { ServiceError } from '../errors/index.ts';
import type { Logger } from '../telemetry/index.ts';

/** `isAwaited` is whether its client is still there: one that has gone away is nothing to look into. */
export function logFailure(
  log: Logger,
  error: unknown,
  { status, isAwaited = true }: { status: number | string; isAwaited?: boolean },
): void {
  if (!(error instanceof ServiceError)) {
    log.error({ status, err: error }, 'request failed');
    return;
  }
  // Foreseen, and hundreds of them a second while a dependency is away: a stack would say nothing more.
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  log[isAwaited ? 'warn' : 'debug']({ status, error: error.message, ...cause }, 'request failed');
}
