// The only layer that retries: the agent, the proxy and gRPC's service config do not.
import { setTimeout as sleep } from 'node:timers/promises';
import { LEAST_ATTEMPT } from './deadline.ts';
import { CallError, type Outcome } from './guard.ts';

const FIRST_BACKOFF = 50;
const LONGEST_BACKOFF = 1_000;

// Tokens: each retry takes one, each call gives a tenth back.
const RESERVE = 10;
const GAIN = 0.1;

export type RetryBudget = ReturnType<typeof retryBudget>;

/** Keeps retries to a tenth of all calls, beside the reserve: a dead dependency gets no storm. */
export function retryBudget() {
  let tokens = RESERVE;
  return {
    deposit(): void {
      tokens = Math.min(RESERVE, tokens + GAIN);
    },
    withdraw(): boolean {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

export interface RetryOptions {
  readonly attempts: number;
  /** Whether the operation may run twice. */
  readonly idempotent: boolean;
  /** Instant of the monotonic clock after which no attempt begins. */
  readonly deadline: number;
  readonly budget: RetryBudget;
  readonly signal: AbortSignal | undefined;
  readonly onRetry: (error: CallError, attempt: number) => void;
}

/** Makes up to `attempts` attempts and rejects with the error of the last. Delays have full jitter. */
export async function retrying<T>(
  attempt: (number: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  options.budget.deposit();
  for (let made = 1; ; made++) {
    try {
      return await attempt(made);
    } catch (error) {
      if (made >= options.attempts || !mayRepeat(error, options.idempotent)) throw error;
      const delay = backoff(made, error);
      if (performance.now() + delay + LEAST_ATTEMPT > options.deadline) throw error;
      // What goes to another instance is no storm on the one that failed, however many calls that one had in hand.
      if (!error.isOfOneInstance && !options.budget.withdraw()) throw error;
      options.onRetry(error, made);
      // A caller that gives up meanwhile gets the error it would have got without a retry.
      await sleep(delay, undefined, { signal: options.signal }).catch(() => Promise.reject(error));
    }
  }
}

/**
 * A dependency that names a time (Retry-After, seconds) is left alone for that long. One instance of it, such as one
 * that has not started yet, speaks for itself: the next attempt goes to another one.
 */
function backoff(made: number, { retryAfter = 0, isOfOneInstance }: CallError): number {
  const jittered = Math.random() * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (made - 1));
  return isOfOneInstance ? jittered : Math.max(jittered, retryAfter * 1_000);
}

/** An error of the guard is no CallError: an open breaker is not asked again. */
function mayRepeat(error: unknown, idempotent: boolean): error is CallError {
  return error instanceof CallError && isTransient(error.outcome) && (idempotent || !error.sent);
}

function isTransient(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'http':
      return outcome.status === 502 || outcome.status === 503 || outcome.status === 504;
    case 'grpc':
      return outcome.code === 'UNAVAILABLE' || outcome.code === 'DEADLINE_EXCEEDED';
    default:
      return outcome.kind === 'connection' || outcome.kind === 'timeout';
  }
}
