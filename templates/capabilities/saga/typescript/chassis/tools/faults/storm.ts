// Requests keep coming while everything they need is killed, cut off and slowed down, as the plan of the seed has it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Customers } from './customers.ts';
import type { Journal } from './journal.ts';
import { type PlannedFault, planFaults, planRequests } from './plan.ts';
import type { Random } from './random.ts';
import { strike } from './strike.ts';
import { subject } from './subject.ts';
import type { TestSystem } from './system.ts';
import { wait } from './wait.ts';
import type { Witness } from './witness.ts';

const AT_ONCE = 64;
/** Of all requests, the share that comes while a fault is under way: it may keep them from being done in time. */
const DURING = 0.01;
/** Of all requests, the share that one fault may meet. */
const MET = 0.05;
/** What all faults before one may take. */
const TURN_MS = 20 * 60_000;

export interface Storm {
  readonly system: TestSystem;
  readonly customers: Customers;
  readonly witness: Witness;
  readonly journal: Journal;
  /** A probe's own. */
  readonly random: Random;
  /** Sagas that have begun and not ended. */
  inFlight(): number;
}

export interface StormOptions {
  readonly seed: number;
  readonly cases: number;
  /** Requests a second, at most. */
  readonly rate: number;
  readonly faults: boolean;
}

/** Returns when all cases are answered and everything is up again. */
export async function runStorm(storm: Storm, { seed, cases, rate, faults }: StormOptions): Promise<void> {
  const { system, customers, inFlight } = storm;
  const { signal } = system;
  const labels = system.victims.map(({ label }) => label);
  const open = new Set<Promise<unknown>>();
  let answered = 0;
  const trouble = startTrouble(storm, faults ? planFaults({ seed, cases, labels }) : [], {
    answered: () => answered,
    most: Math.max(2, Math.round(MET * cases)),
  });
  const during = Math.max(2, Math.round(DURING * cases));
  const expected = faults ? 'either' : 'confirmed';
  const requests = planRequests(seed);

  /** Faults are spread over all cases, take the time they take, and each of them has to meet something. */
  const turn = (n: number) => {
    const next = trouble.next();
    if (!next) return n < cases ? 'comes' : 'over';
    const isNeeded = trouble.isWaiting() && inFlight() === 0;
    return isNeeded || (n < cases && n <= next.from + during) ? 'comes' : undefined;
  };
  const limits = { limitMs: TURN_MS, what: 'the faults are over', signal };
  for (let n = 0; (await Promise.race([trouble.failed, wait(() => turn(n), limits)])) === 'comes'; n++) {
    const { request, twice } = requests.next().value;
    const one = customers.place(
      { request, expected: request.refusal === undefined ? expected : 'rejected' },
      { twice },
    );
    open.add(one);
    void one
      .then(() => answered++)
      .catch(() => {})
      .finally(() => open.delete(one));
    while (open.size >= AT_ONCE) await Promise.race(open);
    await sleep(1000 / rate, undefined, { signal });
  }
  await Promise.all(open);
}

interface Trouble {
  /** The fault that is under way, or the one that comes next; undefined when all are over and everything is up again. */
  next(): PlannedFault | undefined;
  /** Whether it has begun, and there is nothing yet that it could meet. */
  isWaiting(): boolean;
  /** Rejects when one cannot be carried out. */
  readonly failed: Promise<never>;
}

/** One fault after the other, each once so many cases were answered. */
function startTrouble(
  storm: Storm,
  plan: readonly PlannedFault[],
  { answered, most }: { answered(): number; most: number },
): Trouble {
  const { signal } = storm.system;
  const left = [...plan];
  let isWaiting = false;
  const whileWaiting = async <T>(work: Promise<T>) => {
    isWaiting = true;
    return work.finally(() => {
      isWaiting = false;
    });
  };
  const run = async () => {
    for (const { from, strike: planned } of plan) {
      const what = `${subject.noun} ${from}, for ${planned.kind}`;
      await wait(() => answered() >= from, { limitMs: TURN_MS, what, signal });
      await strike(storm, planned, { most, whileWaiting });
      left.shift();
    }
  };
  const failed = new Promise<never>((_, reject) => {
    run().catch(reject);
  });
  failed.catch(() => {}); // Told to whoever waits for the next turn.
  return { next: () => left[0], isWaiting: () => isWaiting, failed };
}
