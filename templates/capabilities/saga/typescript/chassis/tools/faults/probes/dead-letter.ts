import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import { listAllDeadLetters } from '../witness.ts';
import { Broken, type Probe } from './probe.ts';
import {
  arrange,
  commandFor,
  eligible,
  expectEnd,
  expectSoon,
  replacingMessage,
  statusOf,
  whoWaits,
} from './scene.ts';
import { openVoid } from './void.ts';

const LIMIT_MS = 60_000;

/** The broker dies with a dead letter that it was sent and has not confirmed. */
export const deadLetter: Probe = {
  name: 'dead-letter',
  proves: 'a message that becomes a dead letter while the broker dies is one when it is back',
  run: async (storm) => {
    const { customers, random } = storm;
    const id = `dead-${random.below(1e9)}`;
    await loseLetter(storm, id);
    const next = await customers.place({ request: eligible(storm), expected: 'confirmed' });
    await expectEnd(storm, next, LIMIT_MS);
    await expectSoon(storm, async () => (await lettersOf(storm, id)).length > 0, {
      limitMs: LIMIT_MS,
      what: 'the dead letter is there',
    });
    if ((await statusOf(storm, id)) !== undefined) throw new Broken('it has an effect and is a dead letter');
    await dropAll(storm, id);
  },
};

/** Its consumer learns that it can never be handled, and says so to a broker that hears it no more and dies. */
async function loseLetter(storm: Storm, id: string): Promise<void> {
  const { system, journal } = storm;
  const { initiator: service } = subject;
  const { link, untilSent } = await replacingMessage(storm, { service, id }, async (held) => {
    await post(system.db(service), [commandFor(id, eligible(storm))]);
    await arrange(storm, held.isWaitedFor, `${service} handles ${id}`);
    const victim = await whoWaits(storm, held);
    return { link: victim.broker, untilSent: await openVoid(storm, victim, id) };
  });
  await untilSent();
  await system.broker.kill();
  journal.note({ target: 'broker', kind: 'killed' });
  if (link) {
    link.mode = 'passing';
    link.cut();
  }
  await system.broker.revive();
}

const lettersOf = async ({ witness }: Storm, id: string) =>
  (await listAllDeadLetters(witness.transport)).filter((letter) => letter.id === id);

/** Who sends it again cannot know that it was there already. */
async function dropAll(storm: Storm, id: string): Promise<void> {
  const [letter] = await lettersOf(storm, id);
  if (!letter) return;
  const { channel, group } = letter;
  while (await storm.witness.transport.takeDeadLetter({ channel, group, id, replay: false }));
}
