/** A system without a saga on each real broker: what its services tell is kept for who begins to listen later. */

import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBroker } from './broker.ts';
import { succeed } from './commands.ts';
import { type Listener, listen } from './foreign-kafka.ts';
import { hear } from './foreign-sender.ts';
import { startKafka } from './kafka-broker.ts';
import { generateAndInstall } from './project.ts';
import { expectProven } from './proven.ts';
import { type System, startSystem } from './system.ts';
import { until } from './until.ts';

/** Reads the events of the user service, and does not run yet. */
const reader = 'audit';

interface Broker {
  readonly url: string;
  kill(): Promise<void>;
  up(): Promise<void>;
  /** Begins to read as `reader`. */
  listen(): Promise<Listener>;
  remove(): Promise<void>;
}

const brokers: Readonly<Record<string, (folder: string) => Promise<Broker>>> = {
  kafka: async (folder) => {
    const broker = await startKafka(folder);
    const url = `kafka://${broker.address}`;
    await succeed('npm', ['run', 'topics'], { cwd: folder, env: { BROKER_URL: url } });
    return { ...broker, url, listen: () => listen(broker.address, 'user-events') };
  },
  rabbitmq: async (folder) => {
    const broker = await startBroker(folder);
    return { ...broker, listen: () => hear(broker.url, `user-events.${reader}`) };
  },
};

describe.each(Object.keys(brokers))('on %s', (name) => {
  let folder: string;
  let broker: Broker | undefined;
  let system: System | undefined;
  let listener: Listener | undefined;
  beforeAll(async () => {
    folder = await generateAndInstall('events', { flags: ['--saga', 'none', '--broker', name] });
    await expectProven(folder, 'e2e/no-saga.test.ts');
    await addReader(folder);
    broker = await brokers[name]?.(folder);
    system = await startSystem(folder, { env: { BROKER_URL: broker?.url ?? '' } });
  });
  afterAll(async () => {
    await listener?.stop();
    await system?.stop();
    await broker?.remove();
  });

  const create = (service: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => createOne(system?.url(service) ?? '', service)));

  const unsent = async (service: string) => {
    const list = ['run', '--silent', 'outbox', '--', 'list', '--all', '--service', service];
    return (await succeed('npm', list, { cwd: folder })).trim();
  };

  async function untilSent(service: string): Promise<void> {
    let left = '';
    await until(
      async () => {
        left = await unsent(service);
        return left === 'No messages.';
      },
      { what: () => `all is sent:\n${left}`, limitMs: 60_000 },
    );
  }

  test('who begins to listen after 100 events gets them, and those that were told while the broker was away', async () => {
    const ids = await create('user', 100);
    await untilSent('user');
    await broker?.kill();
    ids.push(...(await create('user', 20)));
    expect(await unsent('user')).toContain('UserCreated');
    await broker?.up();
    await untilSent('user');

    listener = await broker?.listen();
    const missing = () => {
      const heard = new Set(listener?.heard.map(({ key }) => key));
      return ids.filter((id) => !heard.has(id));
    };
    await until(async () => missing().length === 0, {
      what: () => `${ids.length} events; missing: ${missing().join(', ')}`,
      limitMs: 60_000,
    });
  });

  test('what nobody listens to waits for nobody', async () => {
    await create('payment', 5);
    await untilSent('payment');
  });
});

/** As a user who adds a consumer does: from then on there is a place where its messages wait. */
async function addReader(folder: string): Promise<void> {
  const file = join(folder, 'contracts/src/channels.ts');
  const text = await readFile(file, 'utf8');
  const events = `{ name: 'user-events', kind: 'events', groups: [`;
  expect(text).toContain(events);
  await writeFile(file, text.replace(events, `${events}'${reader}'`));
}

/** @returns the id of what was created */
async function createOne(address: string, service: string): Promise<string> {
  const key = randomUUID();
  const response = await fetch(`${address}/api/${service}s`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ name: 'N', ...(service === 'user' && { email: `${key}@events.example` }) }),
    signal: AbortSignal.timeout(10_000),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}
