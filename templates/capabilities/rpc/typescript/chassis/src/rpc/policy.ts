import type { Duration } from '../config/index.ts';
import type { CallGuard } from './guard.ts';
import type { Protocol } from './protocol.ts';
import type { ResolverOf } from './resolver.ts';

/** How one dependency is called. */
export interface Policy {
  /** Most a call may take, all its attempts together. */
  readonly deadline: Duration;
  /** Most one attempt may take; an equal share of the deadline by default. */
  readonly timeout?: Duration;
  /** Attempts including the first; one by default. */
  readonly retry?: { readonly attempts: number };
  /** Most attempts in flight at a time, by default 100; more are refused at once. */
  readonly concurrency?: number;
  readonly breaker?: CallGuard;
  /** By default the environment variable `<SERVICE>_URL`. */
  readonly resolver?: ResolverOf;
  readonly protocol: Protocol;
}
