import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import { wait } from '../wait.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, instancesOf } from './scene.ts';

/** Of each event: a few of them are far more than what consumers say on the same link. */
const BYTES = 5_000;
/** Where it cannot be seen that they were sent: the relay looks once a second. */
const UNSEEN_MS = 5_000;
const LIMIT_MS = 120_000;
/** A reader may have to join its group anew. */
const ARRIVAL_MS = 20_000;

/** What was sent to a broker that never got it must be sent again: only its confirmation says that it has it. */
export const confirm: Probe = {
  name: 'confirm',
  proves: 'what the broker did not confirm is sent again',
  run: async (storm) => {
    const { system, journal, random } = storm;
    const keys = Array.from({ length: 20 + random.below(30) }, () => `confirm-${random.below(1e9)}`);
    const links = instancesOf(storm, subject.initiator).flatMap(({ broker }) => broker ?? []);
    for (const link of links) link.mode = 'swallowing';
    if (links.length === 0) await system.broker.freeze?.();
    const before = swallowed(links);
    const payload = `"${'x'.repeat(BYTES)}"`;
    await post(
      system.db(subject.initiator),
      keys.map((key) => ({ id: key, type: 'Probe', channel: subject.events, key, payload })),
    );
    if (links.length > 0) {
      await arrange(storm, () => swallowed(links) - before > 3 * BYTES, 'events are sent into the void');
    } else {
      await sleep(UNSEEN_MS, undefined, { signal: system.signal });
      await system.broker.kill();
      journal.note({ target: 'broker', kind: 'killed' });
      await system.broker.revive();
    }
    for (const link of links) {
      link.mode = 'passing';
      link.cut();
    }
    journal.note({ target: subject.initiator, kind: 'cut off' });
    await expectArrival(storm, keys);
  },
};

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

const swallowed = (links: readonly { readonly swallowed: number }[]) =>
  links.reduce((sum, link) => sum + link.swallowed, 0);
