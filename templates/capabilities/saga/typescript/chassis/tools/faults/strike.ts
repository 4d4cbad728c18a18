// Carries out one fault of the plan, once there is something that it meets.
import { setTimeout as sleep } from 'node:timers/promises';
import { post, sendAgain } from './mail.ts';
import type { Strike } from './plan.ts';
import type { Storm } from './storm.ts';
import { subject } from './subject.ts';
import type { Victim } from './victim.ts';
import { wait } from './wait.ts';

const MEETING_MS = 60_000;

export interface Meeting {
  /** It may make so many late, of which most are to be done in time. */
  readonly most: number;
  /** Told of `work` that waits until there is something to meet. */
  whileWaiting<T>(work: Promise<T>): Promise<T>;
}

/** Resolves when the fault is over and everything is up again. */
export async function strike(storm: Storm, planned: Strike, { most, whileWaiting }: Meeting): Promise<void> {
  const { system, journal } = storm;
  const meeting = () => whileWaiting(meet(storm, most));
  switch (planned.kind) {
    case 'poison':
      await post(system.db(planned.service), [planned.letter]);
      return journal.notePoison(planned.letter.id);
    case 'again':
      await system.broker.forget?.();
      journal.duplicates += await whileWaiting(sendSomeAgain(storm, planned));
      return;
    case 'cut':
      return cut(storm, { victim: victimOf(storm, planned.label), inFlight: await meeting() });
    case 'slow':
      return slow(storm, {
        ...planned,
        victim: victimOf(storm, planned.label),
        inFlight: await meeting(),
      });
    case 'service': {
      const target = victimOf(storm, planned.label);
      return kill(storm, { ...planned, name: planned.label, target, inFlight: await meeting() });
    }
    default: {
      const target = system[planned.kind];
      return kill(storm, { ...planned, name: planned.kind, target, inFlight: await meeting() });
    }
  }
}

function victimOf({ system }: Storm, label: string): Victim {
  const victim = system.victims.find((one) => one.label === label);
  if (!victim) throw new Error(`There is no instance "${label}".`);
  return victim;
}

/**
 * A fault that meets nothing proves nothing, and one that meets all that a slow machine has in hand makes all of it
 * late. @returns how many are in flight; 0 where none came within the limit
 */
async function meet({ system: { signal }, inFlight }: Storm, most: number): Promise<number> {
  const some = () => (inFlight() <= most && inFlight()) || undefined;
  return wait(some, { limitMs: MEETING_MS, what: `some ${subject.plural} in flight`, signal }).catch(() => {
    signal.throwIfAborted();
    return inFlight();
  });
}

/** @returns how many messages */
function sendSomeAgain(
  { system }: Storm,
  { service, picks }: { service: string; picks: readonly number[] },
): Promise<number> {
  const send = async () => (await sendAgain(system.db(service), picks)) || undefined;
  const what = `a message of ${service} that can be sent again`;
  return wait(send, { limitMs: MEETING_MS, what, signal: system.signal });
}

function cut({ journal }: Storm, { victim, inFlight }: { victim: Victim; inFlight: number }): void {
  victim.database.cut();
  victim.broker?.cut();
  journal.noteStrike({ target: victim.label, kind: 'cut off', inFlight });
}

async function slow(
  { system, journal }: Storm,
  { victim, delayMs, forMs, inFlight }: { victim: Victim; delayMs: number; forMs: number; inFlight: number },
): Promise<void> {
  victim.database.delayMs = delayMs;
  journal.noteStrike({ target: victim.label, kind: 'slow', inFlight });
  await sleep(forMs, undefined, { signal: system.signal });
  victim.database.delayMs = 0;
}

interface Killing {
  readonly name: string;
  readonly target: { kill(): Promise<void>; revive(): Promise<void> };
  readonly downMs: number;
  readonly inFlight: number;
}

async function kill({ system, journal }: Storm, { name, target, downMs, inFlight }: Killing): Promise<void> {
  await target.kill();
  journal.noteStrike({ target: name, kind: 'killed', inFlight });
  await sleep(downMs, undefined, { signal: system.signal });
  await target.revive();
  await system.ready();
}
