// A relay that is stopped between what it has read and what it sends.
import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import type { Victim } from '../victim.ts';
import { Broken } from './probe.ts';
import { arrange, expectSoon, instancesOf } from './scene.ts';

const LIMIT_MS = 60_000;
/** Time to stop a relay between what it has read and what it sends. */
const ANSWER_MS = 400;

export interface Frozen {
  readonly keys: readonly string[];
  /** It has the first event of every key in its hands. */
  readonly slow: Victim;
  /** The one that could send the second; it stands still, too. */
  readonly other: Victim;
}

/** Why there is nothing to see. */
export const withoutTwo = (storm: Storm): string | undefined =>
  instancesOf(storm, subject.initiator).length > 1 ? undefined : 'there is one instance';

/** Two events a key are written; the relay that has read the first ones stands still. */
export async function freezeWithFirst(storm: Storm): Promise<Frozen> {
  const { random, journal } = storm;
  const [slow, other] = instancesOf(storm, subject.initiator);
  if (!slow || !other) throw new Error('Two instances are needed.');
  const keys = Array.from({ length: 20 + random.below(80) }, () => `relay-${random.below(1e9)}`);
  try {
    other.freeze();
    slow.database.delayMs = ANSWER_MS;
    await send(storm, keys, 1);
    await arrange(storm, () => holdsRows(storm), 'a relay has read its rows');
    slow.freeze();
    journal.note({ target: slow.label, kind: 'frozen' });
    await send(storm, keys, 2);
  } catch (error) {
    thaw({ slow, other });
    throw error;
  }
  return { keys, slow, other };
}

export function thaw({ slow, other }: Pick<Frozen, 'slow' | 'other'>): void {
  slow.database.delayMs = 0;
  slow.thaw();
  other.thaw();
}

/** The versions of a key in the order in which they were first seen. */
export function versionsOf({ witness }: Storm, key: string): Set<number> {
  return new Set((witness.seen.get(key) ?? []).map(({ version }) => version));
}

export async function expectInOrder(storm: Storm, { keys }: Pick<Frozen, 'keys'>): Promise<void> {
  await expectSoon(storm, () => keys.every((key) => versionsOf(storm, key).size === 2), {
    limitMs: LIMIT_MS,
    what: 'all events arrive',
  });
  const wrong = keys.filter((key) => [...versionsOf(storm, key)].join() !== '1,2');
  if (wrong.length > 0) throw new Broken(`${wrong.length} of ${keys.length} keys were sent out of order`);
}

async function send({ system }: Storm, keys: readonly string[], version: number): Promise<void> {
  await post(
    system.db(subject.initiator),
    keys.map((key) => ({
      ...{ id: `${key}.${version}`, type: 'Probe', channel: subject.events, key, payload: '{}', version },
    })),
  );
}

/** A transaction that has read from the outbox and waits for its process. */
async function holdsRows({ system }: Storm): Promise<boolean> {
  const { rowCount } = await system.db(subject.initiator).query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'
        AND query LIKE '%FROM outbox o LEFT JOIN%'`,
  );
  return rowCount !== 0;
}
