// `npm run dead-letters` and `npm run outbox`: messages that did not get through, and what to do with them.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '@app/chassis/database';
import {
  type Channel,
  type DeadLetter,
  dropParked,
  listOutbox,
  openTransport,
  replay,
  retryParked,
  type Transport,
} from '@app/chassis/messaging';
import { silentLogger } from '@app/chassis/telemetry';
import { channels } from '@app/contracts/channels';
import { runTool, ToolError } from './interrupt.ts';
import { runningSystem } from './running.ts';
import { print, table } from './terminal.ts';

const USAGE = `Usage: npm run dead-letters -- <command>
  list [channel]                 messages that no consumer could handle
  replay <channel> <id>|--all    hand them to their consumer group again
  drop <channel> <id>|--all      give them up
Options: --group <group> where several read the channel
Works on the broker of BROKER_URL, or on the system that "npm run dev" runs.

Usage: npm run outbox -- <command> --service <name>
  list [--all]                   parked messages; with --all also those that only wait
  retry <number>                 send a parked message again
  drop <number>                  give it up; the later ones of its key are sent then
Works on the database of DATABASE_URL (then without --service), or on the system that "npm run dev" runs.

Exit codes: 0 done, 1 failed or not found, 2 wrong arguments.`;

const LIMIT = 1_000;
const CONNECT_MS = 10_000;

interface Asked {
  readonly command: string;
  readonly words: readonly string[];
  readonly all: boolean;
  readonly group?: string | undefined;
  readonly service?: string | undefined;
}

class WrongArguments extends Error {}

await runTool(async () => {
  const [subject, ...argv] = process.argv.slice(2);
  try {
    const asked = parse(argv);
    if (asked === 'help') print(USAGE);
    else if (subject === 'dead-letters') await deadLetters(asked);
    else if (subject === 'outbox') await outbox(asked);
    else throw new WrongArguments(`Unknown subject "${subject ?? ''}".`);
  } catch (error) {
    if (!(error instanceof WrongArguments)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    process.exitCode = 2;
  }
});

function parse(argv: readonly string[]): Asked | 'help' {
  try {
    const { values, positionals } = parseArgs({
      args: argv[0] === '--' ? argv.slice(1) : [...argv], // npm hands a second "--" on.
      options: {
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        group: { type: 'string' },
        service: { type: 'string' },
      },
      allowPositionals: true,
    });
    const [command = 'list', ...words] = positionals;
    return values.help ? 'help' : { ...values, command, words };
  } catch (error) {
    throw new WrongArguments((error as Error).message);
  }
}

async function deadLetters({ command, words, all, group }: Asked): Promise<void> {
  const [name, id] = words;
  if (!['list', 'replay', 'drop'].includes(command))
    throw new WrongArguments(`Unknown command "${command}".`);
  if (words.length > 2 || (command === 'list' && id !== undefined))
    throw new WrongArguments('Too many words.');
  if (command !== 'list' && (name === undefined || (id === undefined) !== all)) {
    throw new WrongArguments(`"${command}" takes a channel, and an id or --all.`);
  }
  const places = queues(name, group);
  if (command !== 'list' && places.length > 1)
    throw new WrongArguments('Several groups read it: add --group.');
  await withTransport(async (transport) => {
    const lists = await Promise.all(
      places.map((place) => transport.listDeadLetters({ ...place, limit: LIMIT })),
    );
    const letters = lists.flat().filter((letter) => id === undefined || letter.id === id);
    if (command === 'list') return showLetters(letters);
    if (letters.length === 0 && !all) throw new ToolError(`There is no dead letter "${id}" on ${name}.`);
    for (const letter of letters) print(`${letter.id}: ${await actOn(transport, command, letter)}`);
  });
}

function queues(name: string | undefined, group: string | undefined): { channel: string; group: string }[] {
  const found = channels.filter((channel) => name === undefined || channel.name === name);
  if (found.length === 0) {
    const known = channels.map((channel: Channel) => channel.name).join(', ');
    throw new WrongArguments(`There is no channel "${name}". Known: ${known}.`);
  }
  const places = found.flatMap((channel) =>
    channel.groups.map((reader) => ({ channel: channel.name, group: reader })),
  );
  return places.filter((place) => group === undefined || place.group === group);
}

async function actOn(transport: Transport, command: string, letter: DeadLetter): Promise<string> {
  const { channel, group, id } = letter;
  if (command === 'drop') {
    return (await transport.takeDeadLetter({ channel, group, id, replay: false })) ? 'dropped' : 'gone';
  }
  const outcome = await replay(transport, letter);
  if (outcome !== 'replayed') process.exitCode = 1;
  return outcome === 'expired' ? 'refused, the command has expired' : outcome;
}

function showLetters(letters: readonly DeadLetter[]): void {
  const rows = letters.map(({ channel, group, id, type, attempts, failedAt, reason }) => [
    ...[channel, group, id, type, String(attempts), failedAt, reason],
  ]);
  const head = ['CHANNEL', 'GROUP', 'ID', 'TYPE', 'ATTEMPTS', 'FAILED', 'REASON'];
  print(rows.length === 0 ? 'No dead letters.' : table([head, ...rows]));
}

async function outbox({ command, words, all, service }: Asked): Promise<void> {
  const [seq = ''] = words;
  const act = { retry: retryParked, drop: dropParked }[command];
  if (command !== 'list' && !act) throw new WrongArguments(`Unknown command "${command}".`);
  if (command === 'list' ? words.length > 0 : words.length !== 1 || !/^\d{1,18}$/.test(seq)) {
    throw new WrongArguments(
      command === 'list' ? '"list" takes no words.' : `"${command}" takes one number.`,
    );
  }
  await withDatabase(service, async (db) => {
    if (!act) return showOutbox(await listOutbox(db, { all, limit: LIMIT }));
    if (!(await act(db, seq))) throw new ToolError(`No parked message has the number ${seq}.`);
    print(`${seq}: ${command === 'retry' ? 'is sent again' : 'dropped'}`);
  });
}

function showOutbox(rows: Awaited<ReturnType<typeof listOutbox>>): void {
  const cells = rows.map(({ seq, type, channel, key, createdAt, failedAt, reason }) => [
    ...[seq, type, channel, key, createdAt.toISOString(), failedAt ? 'parked' : 'waits', reason ?? ''],
  ]);
  const head = ['NUMBER', 'TYPE', 'CHANNEL', 'KEY', 'CREATED', 'STATE', 'REASON'];
  print(rows.length === 0 ? 'No messages.' : table([head, ...cells]));
}

async function withTransport(work: (transport: Transport) => Promise<void>): Promise<void> {
  const url = process.env.BROKER_URL ?? (await runningSystem())?.broker;
  if (!url) throw new ToolError('No broker. Set BROKER_URL, or run "npm run dev".');
  const transport = openTransport({ url, service: 'operator', log: silentLogger });
  transport.start(channels);
  const late = sleep(CONNECT_MS, undefined, { ref: false }).then(() => {
    throw new ToolError(`The broker cannot be reached: ${transport.status().reason}`);
  });
  try {
    await Promise.race([transport.ready(), late]);
    await work(transport);
  } finally {
    await transport.close();
  }
}

async function withDatabase(
  service: string | undefined,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const url = process.env.DATABASE_URL ?? (await runningSystem())?.databases[service ?? ''];
  if (!url) {
    throw new ToolError(
      'No database. Set DATABASE_URL, or run "npm run dev" and name a service: --service <name>.',
    );
  }
  const db = openDatabase({ url, max: 1 });
  await work(db).finally(db.close);
}
