// A message that has come again: who has noticed it, and what came of it.
import { system as description } from '../../system.ts';
import type { Storm } from '../storm.ts';

/** How many messages were noticed to have come again, by the processes that run now. */
export async function duplicates({ system }: Storm): Promise<number> {
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

/** What was said more than once of a kind because of one message about this key. */
export async function saidTwice({ system }: Storm, key: string): Promise<string | undefined> {
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
