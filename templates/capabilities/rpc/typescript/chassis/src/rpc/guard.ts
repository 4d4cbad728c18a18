// The port between calls and whatever decides whether one may go out (a circuit breaker). rpc knows no
// guard; a guard knows no protocol: both know how an attempt can end.
import { type ErrorCode, ServiceError } from '../errors/index.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';

/**
 * How an attempt ended.
 * `full` says whether it had its whole own timeout: a slow answer to an attempt that was cut short by the
 * caller's deadline is no fault of the dependency.
 */
export type Outcome =
  | { readonly kind: 'http'; readonly status: number; readonly full: boolean }
  | { readonly kind: 'grpc'; readonly code: string; readonly full: boolean }
  /** No answer within the attempt's time. */
  | { readonly kind: 'timeout'; readonly full: boolean }
  /** Unknown host, connection refused, reset, or ended before the answer was complete. */
  | { readonly kind: 'connection' }
  /** The caller gave up. */
  | { readonly kind: 'cancelled' }
  /** Refused here, by the bulkhead. */
  | { readonly kind: 'refused' }
  /** The answer exceeds the size limit. */
  | { readonly kind: 'oversize' };

/** A failed attempt: what the caller may act on, and what guard and retry learn from it. */
export class CallError extends ServiceError {
  readonly outcome: Outcome;
  /** False proves that no byte of the request has left this process. */
  readonly sent: boolean;
  /** Whether other instances go on without a failure: then it says nothing of the dependency as a whole. */
  isOfOneInstance = false;

  constructor(
    code: ErrorCode,
    message: string,
    options: ConstructorParameters<typeof ServiceError>[2] & { outcome: Outcome; sent: boolean },
  ) {
    super(code, message, options);
    this.outcome = options.outcome;
    this.sent = options.sent;
  }
}

/** Stands before every attempt at one dependency. */
export interface CallGuard {
  /** The dependency it guards. */
  readonly name: string;
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Tells the guard whom it guards and where it reports; once, at start. */
  attach(to: { readonly name: string; readonly log: Logger; readonly metrics: Metrics }): void;
  /** Makes the call and learns from its end, or refuses it at once: ServiceError Unavailable with `retryAfter`. */
  execute<T>(call: () => Promise<T>): Promise<T>;
}
