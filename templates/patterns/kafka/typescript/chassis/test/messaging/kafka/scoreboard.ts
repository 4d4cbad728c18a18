// A small service whose processes a test can kill: it is told points by commands, and tells of scores by events.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { command, event } from '@app/chassis/contract';
import type { Channel } from '@app/chassis/messaging';
import { z } from 'zod';
import { createTopics } from '../../../src/messaging/kafka/topics.ts';
import { administer, namesFor } from './broker.ts';

const Points = z.object({ player: z.string(), points: z.int() });
const key = ({ player }: { player: string }) => player;
const example = { player: 'ann', points: 3 };

/** What the service says and is told, on channels with names of their own. */
export function contractsOf(service: string) {
  const [scores, scoreEvents] = [`scores-${service}`, `score-events-${service}`];
  const channels: readonly Channel[] = [
    { name: scores, kind: 'commands', groups: [`${service}-processor`] },
    { name: scoreEvents, kind: 'events', groups: [] },
  ];
  return {
    channels,
    AddPoints: command('AddPoints', { channel: scores, key, schema: Points, example }),
    ScoreChanged: event('ScoreChanged', { channel: scoreEvents, key, schema: Points, example }),
  };
}

/** The topics of a service with a name of its own. */
export async function scoreboard(t: TestContext) {
  const service = namesFor(t).commands.name;
  const contracts = contractsOf(service);
  await administer((admin) => createTopics(admin, contracts.channels));
  return { service, ...contracts };
}

/** Starts a process of the service, which ends with the test; resolves once it consumes. */
export async function startProcess(
  t: TestContext,
  env: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('scoreboard-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx/esm', '--conditions=source', program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  return child;
}
