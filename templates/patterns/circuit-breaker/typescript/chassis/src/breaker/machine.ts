// The circuit breaker as a pure state machine: no clock, no timer, no randomness of its own. Its behaviour
// is written down in vectors/breaker.json, which twins in other languages follow too.
// Pattern: M. Nygard, "Release It!", Circuit Breaker.

/** What the end of a call says of the dependency. */
export type Effect = 'success' | 'failure' | 'neutral';

/** Times are milliseconds. */
export interface Settings {
  /** Consecutive failures that open it. */
  readonly threshold: number;
  /** How long it stays open; up to a tenth longer, so that many callers do not come back at once. */
  readonly resetTimeout: number;
  /** After this long a trial counts as lost and another may begin. */
  readonly trialTimeout: number;
}

export interface Machine {
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Failures since the last success. */
  readonly failures: number;
  /** Counts openings, trials and closings: the end of a call that began in an earlier epoch says nothing of now. */
  readonly epoch: number;
  /** Unless CLOSED: the instant from which a trial may begin. */
  readonly trialAt: number;
}

export const CLOSED: Machine = { state: 'CLOSED', failures: 0, epoch: 0, trialAt: 0 };

/**
 * A call wants to begin at instant `at`. It may unless `retryAfter` is there: the milliseconds until a trial may
 * begin; 0 when a trial is under way, which may end at any moment.
 */
export function begin(
  machine: Machine,
  at: number,
  settings: Settings,
): { machine: Machine; retryAfter?: number } {
  if (machine.state === 'CLOSED') return { machine };
  if (at < machine.trialAt)
    return { machine, retryAfter: machine.state === 'OPEN' ? machine.trialAt - at : 0 };
  const trialAt = at + settings.trialTimeout;
  return { machine: { ...machine, state: 'HALF_OPEN', epoch: machine.epoch + 1, trialAt } };
}

/** A call that began in `epoch` ended at instant `at`. `jitter` is 0 to 1, drawn anew for each call. */
export function end(
  machine: Machine,
  { epoch, effect, at, jitter }: { epoch: number; effect: Effect; at: number; jitter: number },
  settings: Settings,
): Machine {
  if (epoch !== machine.epoch) return machine;
  const trial = machine.state === 'HALF_OPEN';
  if (effect === 'neutral') return trial ? { ...machine, trialAt: at } : machine;
  if (effect === 'success') {
    if (!trial) return machine.failures === 0 ? machine : { ...machine, failures: 0 };
    return { state: 'CLOSED', failures: 0, epoch: epoch + 1, trialAt: at };
  }
  const failures = machine.failures + 1;
  if (!trial && failures < settings.threshold) return { ...machine, failures };
  return {
    state: 'OPEN',
    failures,
    epoch: epoch + 1,
    trialAt: at + settings.resetTimeout * (1 + jitter / 10),
  };
}
