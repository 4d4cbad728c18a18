import { post } from '../mail.ts';
import { subject } from '../subject.ts';
import type { Probe } from './probe.ts';
import { arrange, commandFor, eligible, expectSoon, holding, killAll, statusOf } from './scene.ts';

/** Above the time after which a broker hands out what a dead consumer has not acknowledged. */
const LIMIT_MS = 45_000;

/** A consumer dies while it handles a message: the broker must still have it. */
export const commit: Probe = {
  name: 'commit',
  proves: 'a message is acknowledged when its transaction is committed, and not before',
  run: async (storm) => {
    const { system, random } = storm;
    const { command, initiator } = subject;
    const db = system.db(initiator);
    const key = `commit-${random.below(1e9)}`;
    const request = eligible(storm);
    const { revive } = await holding(db, 'inbox', async ({ isWaitedFor, dropWaiting }) => {
      await post(db, [commandFor(key, request)]);
      await arrange(storm, isWaitedFor, `${initiator} handles ${command.type}`);
      // Its sender dies, too, and must not have to send it again.
      const isSent = async () => {
        const sql = 'SELECT FROM outbox WHERE key = $1 AND published_at IS NOT NULL';
        return (await db.query(sql, [key])).rowCount === 1;
      };
      await arrange(storm, isSent, `${command.type} is noted as sent`);
      const killed = await killAll(storm, initiator);
      await dropWaiting();
      return killed;
    });
    await revive();
    storm.customers.expect({ id: key, request, expected: 'confirmed' });
    await expectSoon(storm, async () => (await statusOf(storm, key)) !== undefined, {
      limitMs: LIMIT_MS,
      what: `${command.type} is handled after the death of its consumer`,
    });
  },
};
