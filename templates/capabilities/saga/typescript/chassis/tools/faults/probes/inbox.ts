import { system as description } from '../../system.ts';
import { repeat } from '../mail.ts';
import type { Storm } from '../storm.ts';
import type { Probe } from './probe.ts';
import { Broken } from './probe.ts';
import { arrange, eligible, expectEnd } from './scene.ts';

/** Every message of one comes once more. */
export const inbox: Probe = {
  name: 'inbox',
  proves: 'a message that comes again has no second effect',
  run: async (storm) => {
    const { customers, system, journal } = storm;
    const one = await customers.place({ request: eligible(storm), expected: 'confirmed' });
    await expectEnd(storm, one, 25_000);
    const before = await known(storm);
    await system.broker.forget?.();
    let sent = 0;
    for (const { name } of description.services) sent += await repeat(system.db(name), one.id ?? '');
    journal.duplicates += sent;
    const twice = () => saidTwice(storm, one.id ?? '');
    // Who has seen all of them again has counted them as such. Some have no reader.
    await arrange(
      storm,
      async () => (await twice()) !== undefined || (await known(storm)) > before,
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

/** Duplicates that all services have noticed. */
async function known({ system }: Storm): Promise<number> {
  let sum = 0;
  for (const victim of system.victims) {
    const page = await victim.metrics();
    for (const [, count] of page.matchAll(
      /^messages_received_total\{[^}]*outcome="duplicate"[^}]*\} (\d+)/gm,
    ))
      sum += Number(count);
  }
  return sum;
}

async function isUnderWay({ system }: Storm): Promise<boolean> {
  for (const { name } of description.services) {
    const { rowCount } = await system.db(name).query('SELECT FROM outbox WHERE published_at IS NULL LIMIT 1');
    if (rowCount !== 0) return true;
  }
  return false;
}

async function saidTwice({ system }: Storm, key: string): Promise<string | undefined> {
  for (const { name } of description.services) {
    const { rows } = await system.db(name).query<{ type: string; count: number }>(
      `SELECT type, count(*)::int AS count FROM outbox WHERE key = $1 AND headers ? 'causation-id'
        GROUP BY type, headers ->> 'causation-id' HAVING count(*) > 1`,
      [key],
    );
    if (rows[0]) return `${name} said ${rows[0].type} ${rows[0].count} times for one message`;
  }
  return undefined;
}
