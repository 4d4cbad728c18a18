// A broker that runs on this machine already, and which we are told how to kill and to start.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { until } from '@app/chassis/testing';
import { ToolError } from '../../interrupt.ts';
import { isAlive } from '../../process-group.ts';
import type { Broker } from './broker.ts';
import type { Kind } from './kinds.ts';

export interface NativeOptions {
  readonly kind: Kind;
  readonly url: string;
  /** File that holds the pid of the broker's process. */
  readonly pidFile: string;
  /** Shell command that starts it and ends when it serves. */
  readonly start: string;
}

export async function nativeBroker({ kind, url, pidFile, start }: NativeOptions): Promise<Broker> {
  const pid = async () => {
    const text = await readFile(pidFile, 'utf8').catch(() => '');
    if (!/^\d+\s*$/.test(text)) throw new ToolError(`--broker-pid-file: there is no pid in ${pidFile}.`);
    if (!isAlive(Number(text)))
      throw new ToolError(`--broker-pid-file: the process ${text.trim()} of ${pidFile} does not run.`);
    return Number(text);
  };
  await pid();
  return {
    name: kind.name,
    url,
    linkable: kind.linkable,
    kill: async () => {
      const killed = await pid();
      process.kill(killed, 'SIGKILL');
      await until(() => !isAlive(killed), { limitMs: 10_000, what: `the end of ${kind.name}` });
    },
    revive: () => sh(start),
    freeze: async () => {
      process.kill(await pid(), 'SIGSTOP');
    },
    // It is not ours to stop.
    stop: async () => {},
  };
}

async function sh(command: string): Promise<void> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new ToolError(`--broker-start: "${command}" exited with ${code}.`);
}
