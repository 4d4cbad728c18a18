import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import type { Victim } from '../victim.ts';
import { wait } from '../wait.ts';
import { Broken, type Probe } from './probe.ts';
import { eligible, expectSoon, instancesOf } from './scene.ts';
import { openVoid } from './void.ts';

/** What each event holds: whatever its way is cut into, a piece of it is told by its middle. */
const TEXT = 'into the void '.repeat(100);
const PIECE = 'into the void into the void';
const LIMIT_MS = 120_000;
/** A reader may have to join its group anew. */
const ARRIVAL_MS = 20_000;

/** What was sent to a broker that never got it must be sent again: only its confirmation says that it has it. */
export const confirm: Probe = {
  name: 'confirm',
  proves: 'what the broker did not confirm is sent again',
  run: async (storm) => {
    const { random } = storm;
    const keys = Array.from({ length: 20 + random.below(30) }, () => `confirm-${random.below(1e9)}`);
    const [sender, ...others] = instancesOf(storm, subject.initiator);
    if (!sender) throw new Error('The initiator has no instance.');
    // One whose connection stands: who has to open it first would notice.
    for (const other of others) await other.kill();
    try {
      await useOnce(storm);
      await sendIntoTheVoid(storm, sender, keys);
      await expectArrival(storm, keys);
    } finally {
      for (const other of others) await other.revive();
    }
  },
};

/** What is sent reaches nobody, and then the connection breaks. */
async function sendIntoTheVoid(storm: Storm, sender: Victim, keys: readonly string[]): Promise<void> {
  const { system, journal } = storm;
  const payload = JSON.stringify(TEXT);
  const untilSent = await openVoid(storm, sender, PIECE);
  await post(
    system.db(subject.initiator),
    keys.map((key) => ({ id: key, type: 'Probe', channel: subject.events, key, payload })),
  );
  await untilSent();
  const { broker: link } = sender;
  if (link) {
    link.mode = 'passing';
    link.cut();
    journal.note({ target: subject.initiator, kind: 'cut off' });
  } else {
    await system.broker.kill();
    journal.note({ target: 'broker', kind: 'killed' });
    await system.broker.revive();
  }
}

async function useOnce(storm: Storm): Promise<void> {
  const { customers, witness } = storm;
  const { id = '' } = await customers.place({ request: eligible(storm), expected: 'confirmed' });
  const isTold = () => witness.knowsEndOf(id);
  await expectSoon(storm, isTold, {
    limitMs: 45_000,
    what: `everyone knows how ${subject.noun} ${id} ended`,
  });
}

/** Until the outbox holds them to be sent they may take as long as the broker does. */
async function expectArrival(storm: Storm, keys: readonly string[]): Promise<void> {
  const { system, witness } = storm;
  const db = system.db(subject.initiator);
  const missing = () => keys.filter((key) => !witness.seen.has(key)).length;
  let sentAt: number | undefined;
  const known = async () => {
    if (missing() === 0) return 'arrived';
    const sql = 'SELECT FROM outbox WHERE key = ANY($1) AND published_at IS NULL';
    if ((await db.query(sql, [keys])).rowCount !== 0) sentAt = undefined;
    else sentAt ??= performance.now();
    return sentAt !== undefined && performance.now() - sentAt > ARRIVAL_MS ? 'lost' : false;
  };
  const what = `the ${keys.length} events that were sent into the void are sent again`;
  const outcome = await wait(known, { limitMs: LIMIT_MS, what, signal: system.signal });
  if (outcome === 'lost')
    throw new Broken(
      `${missing()} of ${keys.length} events are gone, and the outbox says that they were sent`,
    );
}
