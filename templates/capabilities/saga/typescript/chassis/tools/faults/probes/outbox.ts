import { subject } from '../subject.ts';
import type { Probe } from './probe.ts';
import { arrange, eligible, expectEnd, holding, killAll } from './scene.ts';

/** The initiator dies between what it writes and what it says: both must be there, or none. */
export const outbox: Probe = {
  name: 'outbox',
  proves: 'what is said is in the transaction of what is done',
  run: async (storm) => {
    const { customers, system } = storm;
    const { initiator } = subject;
    const request = eligible(storm);
    const { placed, revive } = await holding(
      system.db(initiator),
      'outbox',
      async ({ isWaitedFor, dropWaiting }) => {
        const one = customers.place({ request, expected: 'confirmed' });
        await arrange(storm, isWaitedFor, `${initiator} writes what it has to say`);
        const killed = await killAll(storm, initiator);
        await dropWaiting();
        return { placed: one, ...killed };
      },
    );
    await revive();
    await expectEnd(storm, await placed, 25_000);
  },
};
