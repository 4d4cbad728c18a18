// The service that is called before a saga begins, and what keeps a call of it from taking too long.
import type { Duration } from '@app/chassis/config';
import { policies } from '../../../../services/order/src/policies.ts';

export interface Called {
  readonly name: string;
  /** Of one call, with its repetitions. */
  readonly deadline: Duration;
}

export const called: Called | undefined = { name: 'user', deadline: policies.user.deadline };

/** Refuses calls at once while the service that they are for is down. */
export interface CallGuard {
  /** Also the name of its drill. */
  readonly name: string;
  /** Failures in a row after which it refuses. */
  readonly threshold: number;
  /** How long it refuses, until one call is let through as a trial. */
  readonly resetTimeout: Duration;
  /** Gauge that tells its state by `dependency`: 0, 1 and 2 are these. */
  readonly metric: string;
  readonly states: readonly [string, string, string];
}

export const callGuards: readonly CallGuard[] = [
  {
    name: 'breaker',
    threshold: 5,
    resetTimeout: '30s',
    metric: 'breaker_state',
    states: ['closed', 'half-open', 'open'],
  },
];
