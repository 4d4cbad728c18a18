import { type Duration, milliseconds } from '../config/index.ts';
import { unavailable } from '../errors/index.ts';
import type { CallGuard } from '../rpc/index.ts';
import { effectOf } from './effect.ts';
import { begin, CLOSED, type Effect, end, type Machine } from './machine.ts';

export interface BreakerOptions {
  /** Consecutive failures that open it. */
  readonly threshold: number;
  /** How long it refuses calls before one is let through as a trial. */
  readonly resetTimeout: Duration;
  /** After this long a trial without an end counts as lost and the next call is a trial; `resetTimeout` by default. */
  readonly trialTimeout?: Duration;
  /** Monotonic, milliseconds. */
  readonly clock?: () => number;
  /** 0 to 1: how much of the up to 10 % is added to `resetTimeout`. */
  readonly jitter?: () => number;
}

const GAUGE_VALUES = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 } as const;

/** A circuit breaker for one dependency: while that is down, calls are refused at once instead of tried. */
export function breaker(options: BreakerOptions): CallGuard {
  const { threshold, clock = () => performance.now(), jitter = Math.random } = options;
  if (!Number.isInteger(threshold) || threshold < 1)
    throw new Error(`threshold is ${threshold}: give 1 or more`);
  const resetTimeout = milliseconds(options.resetTimeout);
  const trialTimeout = options.trialTimeout ? milliseconds(options.trialTimeout) : resetTimeout;
  const settings = { threshold, resetTimeout, trialTimeout };
  let machine = CLOSED;
  let name = 'dependency';
  let report: (from: Machine, to: Machine) => void = () => {};

  const move = (next: Machine) => {
    const previous = machine;
    machine = next;
    if (previous.state !== next.state) report(previous, next);
  };
  const finish = (epoch: number, effect: Effect) =>
    move(end(machine, { epoch, effect, at: clock(), jitter: jitter() }, settings));

  return {
    get name() {
      return name;
    },
    get state() {
      return machine.state;
    },
    attach(to) {
      name = to.name;
      report = reporter(to);
    },
    async execute(call) {
      const begun = begin(machine, clock(), settings);
      if (begun.retryAfter !== undefined) {
        throw unavailable(
          `${name}: the circuit breaker is open`,
          Math.max(1, Math.ceil(begun.retryAfter / 1_000)),
        );
      }
      move(begun.machine);
      const { epoch } = begun.machine;
      try {
        const result = await call();
        finish(epoch, 'success');
        return result;
      } catch (error) {
        finish(epoch, effectOf(error));
        throw error;
      }
    },
  };
}

/** Sets the gauge and logs each transition once. */
function reporter({
  name,
  log,
  metrics,
}: Parameters<CallGuard['attach']>[0]): (from: Machine, to: Machine) => void {
  const gauge = metrics.gauge('breaker_state', '0 closed, 1 half-open, 2 open', ['dependency']);
  gauge.set({ dependency: name }, GAUGE_VALUES.CLOSED);
  return (from, to) => {
    gauge.set({ dependency: name }, GAUGE_VALUES[to.state]);
    const fields = { dependency: name, from: from.state, to: to.state, failures: to.failures };
    if (to.state === 'OPEN') log.warn(fields, 'circuit breaker opened');
    else log.info(fields, 'circuit breaker changed');
  };
}
