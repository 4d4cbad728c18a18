import { withhold } from '../mail.ts';
import type { Storm } from '../storm.ts';
import { books, subject } from '../subject.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, calm, eligible, expectEnd, isUndoable, letDeadlinePass } from './scene.ts';

/** The answer to a compensation is late, so it is asked for again: it must be done once. */
export const undo: Probe = {
  name: 'undo',
  proves: 'a compensation that is asked for twice is done once',
  without: () => (isUndoable() ? undefined : 'the pivot has no compensation'),
  run: async (storm) => {
    const { customers, system } = storm;
    const { service, succeeded, undone } = pivot();
    const withheld = await withhold(system.db(service), [succeeded.type, undone?.type ?? '']);
    const one = await customers.place({
      request: eligible(storm),
      expected: 'rejected',
      reason: 'deadline',
    });
    const key = one.id ?? '';
    const answers = (count: number) => async () => (await withheld.ids(key)).length >= count;
    try {
      await arrange(storm, answers(1), `${succeeded.type} of ${key}`);
      await letDeadlinePass(storm, key);
      await arrange(storm, answers(2), `${undone?.type} of ${key}`);
      await askAgain(storm, key);
      await arrange(storm, answers(3), `a second ${undone?.type} of ${key}`);
    } finally {
      await withheld.release();
    }
    await expectEnd(storm, one, 60_000);
    await calm(storm);
    await expectUndone(storm, key);
  },
};

function pivot() {
  const { steps, pivot: index } = subject.saga;
  const step = steps[index];
  if (!step) throw new Error('The saga has no steps.');
  return step;
}

/** The pause before the next attempt is over. */
async function askAgain({ system }: Storm, key: string): Promise<void> {
  await system
    .db(subject.initiator)
    .query('UPDATE saga SET retry_at = clock_timestamp() WHERE key = $1 AND ended_at IS NULL', [key]);
}

/** Nothing is left of the saga, and nothing was taken back twice. */
export async function expectUndone({ system }: Storm, key: string): Promise<void> {
  for (const { service, entries } of books) {
    const left = (await entries(system.db(service))).find(
      (entry) => entry.key === key && entry.state !== 'undone',
    );
    if (left)
      throw new Broken(
        `${service} still has ${left.step} ${left.state} for the rejected ${subject.noun} ${key}`,
      );
  }
  for (const [service, { entries, audit }] of system.outside) {
    const wrong = audit().find((text) => text.includes(key));
    if (wrong) throw new Broken(`what ${service} called: ${wrong}`);
    const left = entries().find((entry) => entry.key === key && entry.state !== 'undone');
    if (left)
      throw new Broken(
        `what ${service} called still has ${left.step} for the rejected ${subject.noun} ${key}`,
      );
  }
}
