// Requests keep coming while everything they need is killed, cut off and slowed down, in an order that the seed tells.
import { setTimeout as sleep } from 'node:timers/promises';
import { system as description } from '../system.ts';
import type { Customers } from './customers.ts';
import type { Journal } from './journal.ts';
import { poison, sendAgain } from './mail.ts';
import type { Random } from './random.ts';
import { subject } from './subject.ts';
import type { TestSystem } from './system.ts';
import { wait } from './wait.ts';
import type { Witness } from './witness.ts';

/** For a thousand cases, and at least one of each. */
const PER_THOUSAND = { broker: 5, service: 20, postgres: 3, cut: 10, slow: 5, again: 50, poison: 10 };
const AT_ONCE = 64;
/** Of all requests, the share that comes while a fault is under way: it may keep them from being done in time. */
const DURING = 0.01;
/** What all faults before one may take. */
const TURN_MS = 20 * 60_000;

export interface Storm {
  readonly system: TestSystem;
  readonly customers: Customers;
  readonly witness: Witness;
  readonly journal: Journal;
  readonly random: Random;
  /** Sagas that have begun and not ended. */
  inFlight(): number;
}

export interface StormOptions {
  readonly cases: number;
  /** Requests a second, at most. */
  readonly rate: number;
  readonly faults: boolean;
}

/** Returns when all cases are answered and everything is up again. */
export async function runStorm(storm: Storm, { cases, rate, faults }: StormOptions): Promise<void> {
  const { system, customers } = storm;
  const plan = faults ? planFaults(storm, cases) : [];
  const open = new Set<Promise<unknown>>();
  let done = 0;
  const during = Math.max(2, Math.round(DURING * cases));
  const expected = faults ? 'either' : 'confirmed';
  const trouble = runPlan(storm, plan, { hasBegun: (one) => done >= one });
  trouble.catch(() => {}); // Told to whoever waits for it.
  for (let n = 0; n < cases; n++) {
    const request = customers.draw();
    const { refusal } = request;
    const one = customers.place(
      refusal === undefined ? { request, expected } : { request, expected: 'rejected' },
    );
    open.add(one);
    void one
      .then(() => done++)
      .catch(() => {})
      .finally(() => open.delete(one));
    while (open.size >= AT_ONCE) await Promise.race(open);
    // The trouble is to be spread over all cases, and takes the time it takes.
    const next = plan.find(({ isOver }) => !isOver);
    if (next && n > next.from + during)
      await Promise.race([
        trouble,
        wait(() => next.isOver, { limitMs: TURN_MS, what: next.what, signal: system.signal }),
      ]);
    await sleep(1000 / rate, undefined, { signal: system.signal });
  }
  await Promise.all(open);
  await trouble;
}

interface Planned {
  /** Number of the one from which on it happens. */
  readonly from: number;
  readonly what: string;
  run(): Promise<void>;
  isOver: boolean;
}

function planFaults(storm: Storm, cases: number): Planned[] {
  const { random } = storm;
  const planned = Object.entries(PER_THOUSAND).flatMap(([what, perThousand]) =>
    Array.from({ length: Math.max(1, Math.round((perThousand * cases) / 1000)) }, (_, number) => ({
      from: random.below(Math.floor(cases * 0.9)),
      what,
      run: () => strike(storm, what as keyof typeof PER_THOUSAND, number),
      isOver: false,
    })),
  );
  return planned.sort((a, b) => a.from - b.from);
}

async function runPlan(
  { system }: Storm,
  plan: readonly Planned[],
  { hasBegun }: { hasBegun(one: number): boolean },
): Promise<void> {
  for (const planned of plan) {
    const { from, what } = planned;
    await wait(() => hasBegun(from), {
      limitMs: TURN_MS,
      what: `${subject.noun} ${from}, for ${what}`,
      signal: system.signal,
    });
    await planned.run();
    planned.isOver = true;
  }
}

async function strike(storm: Storm, what: keyof typeof PER_THOUSAND, number: number): Promise<void> {
  const { system, random, journal } = storm;
  const victim = random.pick(system.victims);
  const service = random.pick(description.services).name;
  const pauseMs = random.below(1_000);
  if (what === 'poison') return journal.notePoison(await poison(system.db(service), { number, random }));
  if (what === 'again') {
    await system.broker.forget?.();
    journal.duplicates += await sendAgain(system.db(service), 3);
    return;
  }
  await untilInFlight(storm);
  if (what === 'cut') {
    journal.note({ target: victim.label, kind: 'cut off' });
    victim.database.cut();
    victim.broker?.cut();
  }
  if (what === 'slow') {
    journal.note({ target: victim.label, kind: 'slow' });
    victim.database.delayMs = 20 + random.below(200);
    await sleep(1_000 + pauseMs, undefined, { signal: system.signal });
    victim.database.delayMs = 0;
  }
  if (what === 'service' || what === 'broker' || what === 'postgres') {
    const target = { service: victim, broker: system.broker, postgres: system.postgres }[what];
    await target.kill();
    journal.note({ target: what === 'service' ? victim.label : what, kind: 'killed' });
    await sleep(pauseMs, undefined, { signal: system.signal });
    await target.revive();
    await system.ready();
  }
}

/** A fault that meets nothing proves nothing. */
async function untilInFlight({ system, inFlight }: Storm): Promise<void> {
  await wait(() => inFlight() > 0, {
    limitMs: 60_000,
    what: `one ${subject.noun} in flight`,
    signal: system.signal,
  });
}
