// Messages that no consumer could handle.
import { setTimeout as sleep } from 'node:timers/promises';
import { type DeadLetter, openTransport, replay, type Transport } from '@app/chassis/messaging';
import { silentLogger } from '@app/chassis/telemetry';
import { channels } from '@app/contracts/channels';
import { ToolError, WrongUsage } from '../interrupt.ts';
import { RUNNING_FILE } from '../running.ts';
import { table } from '../terminal.ts';
import { type Asked, WrongArguments } from './arguments.ts';
import { unusable } from './database.ts';
import type { Shell } from './shell.ts';

/** Of a list that someone reads, and of those that are acted upon. */
const SHOWN = 1_000;
const MOST = 1_000_000;
const CONNECT_MS = 10_000;

/** @returns 1 when not each of them was replayed */
export async function deadLetters({ command, words, all, group }: Asked, shell: Shell): Promise<0 | 1> {
  const { print } = shell;
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
  return withTransport(shell, async (transport) => {
    const limit = command === 'list' ? SHOWN : MOST;
    const lists = await Promise.all(places.map((place) => transport.listDeadLetters({ ...place, limit })));
    const letters = lists.flat().filter((letter) => id === undefined || letter.id === id);
    if (command === 'list') {
      print(shown(letters));
      if (lists.some((list) => list.length === SHOWN)) print(`Of each queue the first ${SHOWN} are shown.`);
      return 0;
    }
    if (letters.length === 0 && !all) throw new ToolError(`There is no dead letter "${id}" on ${name}.`);
    let code: 0 | 1 = 0;
    const taken = new Set<string>();
    for (const letter of letters) {
      const outcome = command === 'drop' ? await drop(transport, letter) : await replay(transport, letter);
      // Of several with one id a broker may take all at once.
      if (outcome === 'gone' && taken.has(letter.id)) continue;
      taken.add(letter.id);
      if (command === 'replay' && outcome !== 'replayed') code = 1;
      print(`${letter.id}: ${outcome === 'expired' ? 'refused, the command has expired' : outcome}`);
    }
    return code;
  });
}

function queues(name: string | undefined, group: string | undefined): { channel: string; group: string }[] {
  const found = channels.filter((channel) => name === undefined || channel.name === name);
  if (found.length === 0) {
    const known = channels.map((channel) => channel.name).join(', ');
    throw new WrongArguments(`There is no channel "${name}". Known: ${known}.`);
  }
  const places = found.flatMap((channel) =>
    channel.groups.map((reader) => ({ channel: channel.name, group: reader })),
  );
  return places.filter((place) => group === undefined || place.group === group);
}

async function drop(transport: Transport, { channel, group, id }: DeadLetter): Promise<'dropped' | 'gone'> {
  return (await transport.takeDeadLetter({ channel, group, id, replay: false })) ? 'dropped' : 'gone';
}

function shown(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'No dead letters.';
  const rows = letters.map(({ channel, group, id, type, attempts, failedAt, reason }) => [
    ...[channel, group, id, type, String(attempts), failedAt, reason],
  ]);
  return table([['CHANNEL', 'GROUP', 'ID', 'TYPE', 'ATTEMPTS', 'FAILED', 'REASON'], ...rows]);
}

async function withTransport<T>(
  { env, running }: Shell,
  work: (transport: Transport) => Promise<T>,
): Promise<T> {
  const url = env.BROKER_URL ?? (await running())?.broker;
  if (!url) throw new ToolError('No broker. Set BROKER_URL, or run "npm run dev".');
  const transport = open(url);
  transport.start(channels);
  const late = sleep(CONNECT_MS, undefined, { ref: false }).then(() => {
    const from = env.BROKER_URL ? 'BROKER_URL' : RUNNING_FILE;
    throw unusable('broker', { from, reason: transport.status().reason });
  });
  try {
    await Promise.race([transport.ready(), late]);
    return await work(transport);
  } finally {
    await transport.close();
  }
}

/** @throws WrongUsage where the URL is none of a broker */
function open(url: string): Transport {
  try {
    return openTransport({ url, service: 'operator', log: silentLogger });
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}
