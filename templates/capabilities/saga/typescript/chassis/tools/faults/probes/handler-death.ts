import { replay } from '@app/chassis/messaging';
import { post } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import { listAllDeadLetters } from '../witness.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, eligible, expectEnd, holdingMessage, killAll, statusOf } from './scene.ts';

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
    const { system, customers, journal, random, witness } = storm;
    const { command, initiator, key: field } = subject;
    const id = `deadly-${random.below(1e9)}`;
    const request = eligible(storm);
    const payload = JSON.stringify({ [field]: id, ...request.body });
    const db = system.db(initiator);
    const neighbours = await holdingMessage(storm, { service: initiator, id }, async (held) => {
      await post(db, [{ id, key: id, type: command.type, channel: command.channel ?? '', payload }]);
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
    await replay(witness.transport, letter);
    if ((await replay(witness.transport, letter)) === 'replayed') journal.duplicates += 1;
    await expectEnd(storm, { id, expected: 'confirmed' }, LIMIT_MS);
  },
};

const letterOf = async ({ witness }: Storm, id: string) =>
  (await listAllDeadLetters(witness.transport)).find((letter) => letter.id === id);
