import { type DeadLetter, replay } from '@app/chassis/messaging';
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
  holdingMessage,
  killAll,
  statusOf,
} from './scene.ts';
import { duplicates, saidTwice } from './twice.ts';

/** More than any consumer tries. */
const MOST_DEATHS = 10;
const NEIGHBOURS = 3;
const LIMIT_MS = 45_000;

/** Whoever handles one message dies of it; then the reason is mended, and an operator replays it. */
export const handlerDeath: Probe = {
  name: 'handler-death',
  proves:
    'a message that kills its consumer becomes a dead letter, its neighbours are handled, and it can be replayed',
  run: async (storm) => {
    const { system, customers, random } = storm;
    const { command, initiator } = subject;
    const id = `deadly-${random.below(1e9)}`;
    const request = eligible(storm);
    const db = system.db(initiator);
    const neighbours = await holdingMessage(storm, { service: initiator, id }, async (held) => {
      await post(db, [commandFor(id, request)]);
      const around = Array.from({ length: NEIGHBOURS }, () =>
        customers.place({ request: eligible(storm), expected: 'either' }),
      );
      const isDead = async () => (await letterOf(storm, id)) !== undefined;
      for (let deaths = 0; ; deaths++) {
        const isTried = async () => (await held.isWaitedFor()) || (await isDead());
        await arrange(storm, isTried, `${command.type} is tried`);
        if (await isDead()) return Promise.all(around);
        if (deaths === MOST_DEATHS) throw new Broken(`it has killed its consumer ${deaths} times`);
        const { revive } = await killAll(storm, initiator);
        await held.dropWaiting();
        await revive();
        await system.broker.lapse?.();
        await db.query('UPDATE retry SET next_at = clock_timestamp()');
      }
    });
    for (const neighbour of neighbours) await expectEnd(storm, neighbour, LIMIT_MS);

    const letter = await letterOf(storm, id);
    if (!letter) throw new Broken('the dead letter is gone before anybody replayed it');
    if ((await statusOf(storm, id)) !== undefined) throw new Broken('it has an effect and is a dead letter');
    customers.expect({ id, request, expected: 'confirmed' });
    await replayTwice(storm, letter);
    await expectEnd(storm, { id, expected: 'confirmed' }, LIMIT_MS);
    const found = await saidTwice(storm, id);
    if (found !== undefined) throw new Broken(found);
  },
};

/** Whoever replays it dies before the letter is taken away; so it is replayed again, and comes a second time. */
async function replayTwice(storm: Storm, letter: DeadLetter): Promise<void> {
  const { journal, witness } = storm;
  const before = await duplicates(storm);
  const { transport } = witness;
  const outcomes = [await replay(transport, letter)];
  await transport.deadLetter(letter);
  outcomes.push(await replay(transport, letter));
  if (outcomes.join() !== 'replayed,replayed')
    throw new Broken(`replayed twice it was ${outcomes.join(', ')}`);
  journal.duplicates += 1;
  await expectSoon(storm, async () => (await duplicates(storm)) > before, {
    limitMs: LIMIT_MS,
    what: 'it is noticed that it comes a second time',
  });
}

const letterOf = async ({ witness }: Storm, id: string) =>
  (await listAllDeadLetters(witness.transport)).find((letter) => letter.id === id);
