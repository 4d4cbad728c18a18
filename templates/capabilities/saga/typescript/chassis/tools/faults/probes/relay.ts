import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import type { Victim } from '../victim.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, expectSoon, instancesOf } from './scene.ts';

/** A relay looks once a second: after this the other one has looked. */
const LOOKED_MS = 2_500;
const LIMIT_MS = 60_000;
/** Time to stop a relay between what it has read and what it sends. */
const ANSWER_MS = 400;

/** A relay stands still with the first event of a key in its hands: nobody may send the second one. */
export const relay: Probe = {
  name: 'relay',
  proves: 'one relay at a time sends the messages of a key, in their order',
  without: (storm) =>
    instancesOf(storm, subject.initiator).length > 1 ? undefined : 'there is one instance',
  run: async (storm) => {
    const { system, random, journal } = storm;
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
      other.thaw();
      await sleep(LOOKED_MS, undefined, { signal: system.signal });
    } finally {
      release(slow);
      other.thaw();
    }
    await expectSoon(storm, () => keys.every((key) => versionsOf(storm, key).size === 2), {
      limitMs: LIMIT_MS,
      what: 'all events arrive',
    });
    const wrong = keys.filter((key) => [...versionsOf(storm, key)].join() !== '1,2');
    if (wrong.length > 0) throw new Broken(`${wrong.length} of ${keys.length} keys were sent out of order`);
  },
};

function release(slow: Victim): void {
  slow.database.delayMs = 0;
  slow.thaw();
}

/** In the one in which they were first seen. */
function versionsOf({ witness }: Storm, key: string): Set<number> {
  return new Set((witness.seen.get(key) ?? []).map(({ version }) => version));
}

async function send({ system }: Storm, keys: readonly string[], version: number): Promise<void> {
  await post(
    system.db(subject.initiator),
    keys.map((key) => ({
      id: `${key}.${version}`,
      type: 'Probe',
      channel: subject.events,
      key,
      payload: '{}',
      version,
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
