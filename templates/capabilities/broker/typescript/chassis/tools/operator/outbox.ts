// Messages that wait in a service's outbox, and those that its relay has put aside there.
import type { Database } from '@app/chassis/database';
import { dropParked, listOutbox, retryParked } from '@app/chassis/messaging';
import { ToolError, WrongUsage } from '../interrupt.ts';
import { namedDatabase } from '../postgres/named.ts';
import { RUNNING_FILE, type Running } from '../running.ts';
import { table } from '../terminal.ts';
import { type Asked, WrongArguments } from './arguments.ts';
import { openWith } from './database.ts';
import type { Shell } from './shell.ts';

const LIMIT = 1_000;

export async function outbox({ command, words, all, service }: Asked, shell: Shell): Promise<0> {
  const { print } = shell;
  const [seq = ''] = words;
  const act = { retry: retryParked, drop: dropParked }[command];
  if (command !== 'list' && !act) throw new WrongArguments(`Unknown command "${command}".`);
  if (command === 'list' ? words.length > 0 : words.length !== 1 || !/^\d{1,18}$/.test(seq)) {
    throw new WrongArguments(
      command === 'list' ? '"list" takes no words.' : `"${command}" takes one number.`,
    );
  }
  const db = await openOutbox(service, shell);
  try {
    if (!act) print(shown(await listOutbox(db, { all, limit: LIMIT })));
    else if (await act(db, seq)) print(`${seq}: ${command === 'retry' ? 'is sent again' : 'dropped'}`);
    else throw new ToolError(`No parked message has the number ${seq}.`);
  } finally {
    await db.close();
  }
  return 0;
}

function shown(rows: Awaited<ReturnType<typeof listOutbox>>): string {
  if (rows.length === 0) return 'No messages.';
  const cells = rows.map(({ seq, type, channel, key, createdAt, failedAt, reason }) => [
    ...[seq, type, channel, key, createdAt.toISOString(), failedAt ? 'parked' : 'waits', reason ?? ''],
  ]);
  return table([['NUMBER', 'TYPE', 'CHANNEL', 'KEY', 'CREATED', 'STATE', 'REASON'], ...cells]);
}

/** @throws WrongUsage where the running system has no such service */
function databaseOf(service: string | undefined, running: Running | undefined): string | undefined {
  if (!running || service === undefined) return undefined;
  const found = Object.entries(running.databases).find(([name]) => name === service);
  const names = Object.keys(running.databases).join(', ');
  if (!found) throw new WrongUsage(`--service "${service}": no such service. There are ${names}.`);
  return found[1];
}

async function openOutbox(service: string | undefined, { env, running }: Shell): Promise<Database> {
  const named = env.DATABASE_URL;
  const url = named ? namedDatabase(named) : databaseOf(service, await running());
  if (!url) {
    throw new ToolError(
      'No database. Set DATABASE_URL, or run "npm run dev" and name a service: --service <name>.',
    );
  }
  const db = await openWith('outbox', { url, from: named ? 'DATABASE_URL' : RUNNING_FILE });
  if (!db) throw new ToolError(`The database of ${named ? 'DATABASE_URL' : service} has no outbox.`);
  return db;
}
