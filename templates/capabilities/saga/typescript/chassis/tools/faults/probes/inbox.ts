import { system as description } from '../../system.ts';
import { repeat } from '../mail.ts';
import type { Storm } from '../storm.ts';
import type { Probe } from './probe.ts';
import { Broken } from './probe.ts';
import { arrange, eligible, expectEnd } from './scene.ts';
import { duplicates, saidTwice } from './twice.ts';

/** Every message of one comes once more. */
export const inbox: Probe = {
  name: 'inbox',
  proves: 'a message that comes again has no second effect',
  run: async (storm) => {
    const { customers, system, journal } = storm;
    const one = await customers.place({ request: eligible(storm), expected: 'confirmed' });
    await expectEnd(storm, one, 25_000);
    const before = await duplicates(storm);
    await system.broker.forget?.();
    let sent = 0;
    for (const { name } of description.services) sent += await repeat(system.db(name), one.id ?? '');
    journal.duplicates += sent;
    const twice = () => saidTwice(storm, one.id ?? '');
    // Who has seen all of them again has counted them as such. Some have no reader.
    await arrange(
      storm,
      async () => (await twice()) !== undefined || (await duplicates(storm)) > before,
      'a duplicate is noticed',
    );
    await arrange(
      storm,
      async () => (await twice()) !== undefined || !(await isUnderWay(storm)),
      'all are sent',
    );
    const found = await twice();
    if (found !== undefined) throw new Broken(found);
  },
};

async function isUnderWay({ system }: Storm): Promise<boolean> {
  for (const { name } of description.services) {
    const { rowCount } = await system.db(name).query('SELECT FROM outbox WHERE published_at IS NULL LIMIT 1');
    if (rowCount !== 0) return true;
  }
  return false;
}
