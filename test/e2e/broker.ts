/** RabbitMQ as the generated compose.yaml describes it, for services that run outside of it. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { succeed } from './commands.ts';
import { type Compose, composeOf } from './compose.ts';
import { ensureEngine } from './engine.ts';
import { until } from './until.ts';

export interface Broker {
  /** For BROKER_URL: the administrator's, since `npm run dev` gives one URL to all services. */
  readonly url: string;
  /** The same, with the address of the management API. */
  readonly managedUrl: string;
  /** Restarts it in order. */
  restart(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it, and waits until it is healthy. */
  up(): Promise<void>;
  /** Waits until no queue holds a message, unacknowledged ones included. */
  drained(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts the broker of the system in `folder`. */
export async function startBroker(folder: string): Promise<Broker> {
  await ensureEngine();
  await succeed('npm', ['run', 'setup'], { cwd: folder });
  const secrets = parseEnv(await readFile(join(folder, '.env'), 'utf8'));
  const compose = await composeOf(folder, { rabbitmq: [5672, 15672] });
  const up = async () => {
    await compose.run('up', '-d', '--wait', 'rabbitmq');
  };
  try {
    await up();
  } catch (error) {
    await compose.remove();
    throw error;
  }
  const url = new URL(`amqp://127.0.0.1:${compose.port('rabbitmq', 5672)}/`);
  url.username = 'admin';
  url.password = secrets.ADMIN_BROKER_PASSWORD ?? '';
  const managed = new URL(url);
  managed.searchParams.set('management', `http://127.0.0.1:${compose.port('rabbitmq', 15672)}`);
  return {
    url: url.href,
    managedUrl: managed.href,
    up,
    restart: async () => {
      await compose.run('restart', 'rabbitmq');
      await up();
    },
    kill: async () => {
      await compose.run('kill', '--signal', 'SIGKILL', 'rabbitmq');
    },
    drained: () => drained(compose),
    remove: compose.remove,
  };
}

async function drained(compose: Compose): Promise<void> {
  let filled: readonly string[] = [];
  await until(
    async () => {
      const listing = await compose.run(
        ...['exec', 'rabbitmq', 'rabbitmqctl', 'list_queues', '--silent', '--no-table-headers'],
        ...['name', 'messages'],
      );
      filled = listing.split('\n').filter((line) => /\t[1-9]/.test(line));
      return listing.includes('\t') && filled.length === 0;
    },
    { what: () => `empty queues: ${filled.join(', ')}`, limitMs: 120_000 },
  );
}
