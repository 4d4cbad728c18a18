import { sayAnew, withhold } from '../mail.ts';
import { alsoNeeded, startOf } from '../starts.ts';
import { subject } from '../subject.ts';
import { Broken, type Probe } from './probe.ts';
import { arrange, calm, eligible, expectEnd, isUndoable, letDeadlinePass } from './scene.ts';
import { expectUndone } from './undo.ts';

/** What begins a step arrives after what undoes it: it comes too late. */
export const tombstone: Probe = {
  name: 'tombstone',
  proves: 'a step that is asked for after its compensation is not done',
  without: () => (isUndoable() ? undefined : 'the pivot has no compensation'),
  run: async (storm) => {
    const { customers, system } = storm;
    const { saga } = subject;
    const { service = '', succeeded } = saga.steps[saga.pivot] ?? {};
    const { from, type } = startOf(saga, saga.pivot);
    const withheld = await withhold(system.db(from), [type]);
    const one = await customers.place({
      request: eligible(storm),
      expected: 'rejected',
      reason: 'deadline',
    });
    const key = one.id ?? '';
    let late: readonly string[] = [];
    try {
      await arrange(storm, async () => (await withheld.ids(key)).length > 0, `${type} of ${key}`);
      await letDeadlinePass(storm, key);
      await expectEnd(storm, one, 60_000);
      late = await withheld.ids(key);
      for (const needed of alsoNeeded(saga, saga.pivot))
        await sayAnew(system.db(needed.from), { type: needed.type, key });
    } finally {
      await withheld.release();
    }
    const arrived = async () => {
      const sql = 'SELECT FROM inbox WHERE id = ANY($1)';
      return (await system.db(service).query(sql, [late])).rowCount === late.length;
    };
    await arrange(storm, arrived, `${service} gets ${type} of ${key}`);
    await calm(storm);
    await expectUndone(storm, key);
    // What was done and taken back at once leaves nothing, but it was done.
    const said = 'SELECT FROM outbox WHERE key = $1 AND type = $2';
    if ((await system.db(service).query(said, [key, succeeded?.type])).rowCount !== 0)
      throw new Broken(`${service} said ${succeeded?.type} of ${key} after its compensation`);
  },
};
