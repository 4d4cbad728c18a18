import { setTimeout as sleep } from 'node:timers/promises';
import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import type { Probe } from './probe.ts';
import { expectSoon, instancesOf } from './scene.ts';

/** Enough of them that a batch is more than what a link sends to keep itself alive. */
const SWALLOWED_BYTES = 2_000;
const SENT_LIMIT_MS = 5_000;
const LIMIT_MS = 90_000;

/** What was sent to a broker that never got it must be sent again: only its confirmation says that it has it. */
export const confirm: Probe = {
  name: 'confirm',
  proves: 'what the broker did not confirm is sent again',
  run: async (storm) => {
    const { system, journal, random, witness } = storm;
    const keys = Array.from({ length: 20 + random.below(30) }, () => `confirm-${random.below(1e9)}`);
    const links = instancesOf(storm, subject.initiator).flatMap(({ broker }) => broker ?? []);
    for (const link of links) link.mode = 'swallowing';
    if (links.length === 0) await system.broker.freeze();
    const before = swallowed(links);
    await post(
      system.db(subject.initiator),
      keys.map((key) => ({ id: key, type: 'Probe', channel: subject.events, key, payload: '{}' })),
    );
    await sent(storm, () => swallowed(links) - before > SWALLOWED_BYTES);
    if (links.length === 0) {
      await system.broker.kill();
      journal.note({ target: 'broker', kind: 'killed' });
      await system.broker.revive();
    }
    for (const link of links) {
      link.mode = 'passing';
      link.cut();
    }
    journal.note({ target: subject.initiator, kind: 'cut off' });
    const missing = () => keys.filter((key) => !witness.seen.has(key)).length;
    await expectSoon(storm, () => missing() === 0, {
      limitMs: LIMIT_MS,
      what: `all ${keys.length} events that were sent into the void arrive`,
    });
  },
};

const swallowed = (links: readonly { readonly swallowed: number }[]) =>
  links.reduce((sum, link) => sum + link.swallowed, 0);

/** Where it cannot be seen, long enough that it has happened: the relay looks once a second. */
async function sent({ system: { signal } }: Storm, isSeen: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + SENT_LIMIT_MS;
  while (!isSeen() && performance.now() < giveUpAt) await sleep(20, undefined, { signal });
}
