import { subject } from '../subject.ts';
import type { Probe } from './probe.ts';
import { eligible, expectEnd, expectSoon, isUndoable, killAll, letDeadlinePass, statusOf } from './scene.ts';

const FIRED_MS = 15_000;
const LIMIT_MS = 60_000;

/** A participant is down for longer than the deadline: the saga must turn back by itself. */
export const deadline: Probe = {
  name: 'deadline',
  proves: 'a saga whose participant is down turns back at its deadline',
  // It may have been done: the saga waits for its outcome, however long that takes.
  without: () => (isUndoable() ? undefined : 'a pivot without compensation is waited for'),
  run: async (storm) => {
    const { customers, journal } = storm;
    const { saga } = subject;
    const service = saga.steps[saga.pivot]?.service ?? '';
    const { revive } = await killAll(storm, service);
    journal.note({ target: service, kind: 'kept down' });
    const one = await customers.place({
      request: eligible(storm),
      expected: 'rejected',
      reason: 'deadline',
    });
    await letDeadlinePass(storm, one.id ?? '');
    try {
      await expectSoon(storm, async () => (await statusOf(storm, one.id ?? '')) !== 'RUNNING', {
        limitMs: FIRED_MS,
        what: `the deadline of ${subject.noun} ${one.id} is seen`,
      });
    } finally {
      await revive();
    }
    await expectEnd(storm, one, LIMIT_MS);
  },
};
