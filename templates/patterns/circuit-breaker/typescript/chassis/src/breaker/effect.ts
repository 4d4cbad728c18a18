// What counts against a dependency and what does not. Neutral is whatever is the caller's own doing, and what a
// healthy but busy dependency answers; it neither opens the breaker nor closes it.
import { type ErrorCode, ServiceError } from '../errors/index.ts';
import { CallError, type Outcome } from '../rpc/index.ts';
import type { Effect } from './machine.ts';

const COUNTED_GRPC: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INTERNAL', 'UNKNOWN', 'DATA_LOSS']);
const COUNTED_ERRORS: ReadonlySet<ErrorCode> = new Set(['Unavailable', 'DeadlineExceeded', 'Internal']);

/** The effect of a call's rejection. What says nothing about its outcome counts, unless it blames the input. */
export function effectOf(error: unknown): Effect {
  if (error instanceof CallError) return error.isOfOneInstance ? 'neutral' : effectOfOutcome(error.outcome);
  return error instanceof ServiceError && !COUNTED_ERRORS.has(error.code) ? 'neutral' : 'failure';
}

export function effectOfOutcome(outcome: Outcome): Effect {
  switch (outcome.kind) {
    case 'http':
      if (outcome.status >= 200 && outcome.status < 300) return 'success';
      if (outcome.status === 504) return timedOut(outcome.full);
      return outcome.status >= 500 ? 'failure' : 'neutral';
    case 'grpc':
      if (outcome.code === 'OK') return 'success';
      if (outcome.code === 'DEADLINE_EXCEEDED') return timedOut(outcome.full);
      return COUNTED_GRPC.has(outcome.code) ? 'failure' : 'neutral';
    case 'timeout':
      return timedOut(outcome.full);
    case 'connection':
      return 'failure';
    default:
      return 'neutral';
  }
}

/** An attempt that the caller's deadline cut short proves nothing: the dependency had no fair chance. */
function timedOut(full: boolean): Effect {
  return full ? 'failure' : 'neutral';
}
