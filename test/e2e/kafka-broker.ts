/** A Kafka broker for services that run on this machine: by the component scripts, else the one of compose.yaml. */

import { access, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeed } from './commands.ts';
import { composeOf } from './compose.ts';
import { ensureEngine } from './engine.ts';
import { freePort } from './free-port.ts';
import { onInterrupt } from './interrupt.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scripts = resolve(root, process.env.COMPONENTS_DIR ?? '../shared/components', 'kafka');
/** compose.yaml tells clients to come back by this port, so it cannot be another one. */
const composedPort = 19092;

export interface KafkaBroker {
  /** `host:port`. */
  readonly address: string;
  /** Where it runs by itself: the file with its pid, and the shell command that starts it. */
  readonly native?: { readonly pidFile: string; readonly start: string };
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it, and waits until it serves. */
  up(): Promise<void>;
  /** Starts it anew, with nothing in it. */
  empty(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts the broker of the system in `folder`. */
export async function startKafka(folder: string): Promise<KafkaBroker> {
  const hasScripts = await access(join(scripts, 'kafka-up')).then(
    () => true,
    () => false,
  );
  return hasScripts ? startNative() : startComposed(folder);
}

async function startNative(): Promise<KafkaBroker> {
  const data = await mkdtemp(join(tmpdir(), 'create-msvc-kafka-'));
  // The controller takes the port behind it, which is not looked at.
  const port = await freePort();
  const run = async (script: string, ...args: readonly string[]) => {
    await succeed(join(scripts, script), [String(port), data, ...args], { cwd: root });
  };
  const pid = async () => Number(await readFile(join(data, 'kafka.pid'), 'utf8'));
  let running = 0;
  onInterrupt(() => running && process.kill(running, 'SIGKILL'));
  const up = async () => {
    await run('kafka-up');
    running = await pid();
  };
  await up();
  return {
    address: `localhost:${port}`,
    native: {
      pidFile: join(data, 'kafka.pid'),
      start: `'${join(scripts, 'kafka-up')}' ${port} '${data}' </dev/null >/dev/null 2>&1`,
    },
    up,
    kill: async () => {
      process.kill(await pid(), 'SIGKILL');
    },
    empty: async () => {
      await run('kafka-down', '--wipe');
      await up();
    },
    remove: () => run('kafka-down', '--wipe'),
  };
}

async function startComposed(folder: string): Promise<KafkaBroker> {
  await ensureEngine();
  await succeed('npm', ['run', 'setup'], { cwd: folder });
  const compose = await composeOf(folder, {});
  const up = async () => {
    await compose.run('up', '-d', '--wait', 'kafka');
  };
  await up();
  return {
    address: `localhost:${composedPort}`,
    up,
    kill: async () => {
      await compose.run('kill', '--signal', 'SIGKILL', 'kafka');
    },
    empty: async () => {
      await compose.remove();
      await up();
    },
    remove: compose.remove,
  };
}
