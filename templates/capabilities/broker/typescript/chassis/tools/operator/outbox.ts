// Messages that wait in a service's outbox, and those that its relay has put aside there.
import { type Database, openDatabase } from '@app/chassis/database';
import { dropParked, listOutbox, retryParked } from '@app/chassis/messaging';
import { ToolError } from '../interrupt.ts';
import { runningSystem } from '../running.ts';
import { table } from '../terminal.ts';
import { type Asked, WrongArguments } from './arguments.ts';
import type { Shell } from './shell.ts';

const LIMIT = 1_000;

export async function outbox({ command, words, all, service }: Asked, { env, print }: Shell): Promise<0> {
  const [seq = ''] = words;
  const act = { retry: retryParked, drop: dropParked }[command];
  if (command !== 'list' && !act) throw new WrongArguments(`Unknown command "${command}".`);
  if (command === 'list' ? words.length > 0 : words.length !== 1 || !/^\d{1,18}$/.test(seq)) {
    throw new WrongArguments(
      command === 'list' ? '"list" takes no words.' : `"${command}" takes one number.`,
    );
  }
  await withDatabase(env.DATABASE_URL, service, async (db) => {
    if (!act) return print(shown(await listOutbox(db, { all, limit: LIMIT })));
    if (!(await act(db, seq))) throw new ToolError(`No parked message has the number ${seq}.`);
    print(`${seq}: ${command === 'retry' ? 'is sent again' : 'dropped'}`);
  });
  return 0;
}

function shown(rows: Awaited<ReturnType<typeof listOutbox>>): string {
  if (rows.length === 0) return 'No messages.';
  const cells = rows.map(({ seq, type, channel, key, createdAt, failedAt, reason }) => [
    ...[seq, type, channel, key, createdAt.toISOString(), failedAt ? 'parked' : 'waits', reason ?? ''],
  ]);
  return table([['NUMBER', 'TYPE', 'CHANNEL', 'KEY', 'CREATED', 'STATE', 'REASON'], ...cells]);
}

async function withDatabase(
  named: string | undefined,
  service: string | undefined,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const url = named ?? (await runningSystem())?.databases[service ?? ''];
  if (!url) {
    throw new ToolError(
      'No database. Set DATABASE_URL, or run "npm run dev" and name a service: --service <name>.',
    );
  }
  const db = openDatabase({ url, max: 1 });
  await work(db).finally(db.close);
}
