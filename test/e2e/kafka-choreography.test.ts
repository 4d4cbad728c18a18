/** The shop with a choreographed saga on a real Kafka, three instances of a service, and the adapters' own tests. */

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAdapter } from './adapter.ts';
import { succeed } from './commands.ts';
import { composeOf } from './compose.ts';
import { ensureEngine } from './engine.ts';
import { type KafkaBroker, startKafka } from './kafka-broker.ts';
import { declined, expectSold, getStock, type Order, paid, placeOrder, settled } from './orders.ts';
import { generateAndInstall } from './project.ts';
import { expectProven } from './proven.ts';
import { pythonWith } from './python.ts';
import { type System, startSystem } from './system.ts';

const spec = 'version: 1\nbroker: kafka\nsaga: { style: choreography }\ndiscovery: client\n';
const consumer = join(import.meta.dirname, 'foreign_consumer.py');

let folder: string;
let broker: KafkaBroker;
let url: string;
let shop: System;
beforeAll(async () => {
  folder = await generateAndInstall('shop', { spec });
  await expectProven(folder, 'e2e/kafka-choreography.test.ts');
  broker = await startKafka(folder);
  url = `kafka://${broker.address}`;
  await succeed('npm', ['run', 'topics'], { cwd: folder, env: { BROKER_URL: url } });
  shop = await startSystem(folder, { env: { BROKER_URL: url }, args: ['--scale', 'inventory=3'] });
});
afterAll(async () => {
  await shop?.stop();
  await broker?.remove();
});

test('three instances of a service run, and their orders all end as they should', async () => {
  const addresses = ['inventory', 'inventory.2', 'inventory.3'].map((label) => shop.url(label));
  expect(new Set(addresses).size).toBe(3);
  const before = await getStock(shop);
  const orders = await placeSome();
  const sold = orders.filter(({ status }) => status === 'CONFIRMED');
  expect(sold).toHaveLength(9);
  await expectSold(shop, { before, sold: 9 });
});

test('a foreign consumer group sees the events of each order in their order', async () => {
  const orders = await placeSome();
  const python = await pythonWith(folder, ['confluent-kafka==2.16.1']);
  const keys = orders.map(({ id }) => id).join();
  const ends = 'OrderConfirmed,OrderRejected';
  const output = await succeed(python, [consumer, broker.address, 'order-events', ends, keys], {
    cwd: folder,
  });
  const heard = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; type: string; version: number });
  for (const { id, status } of orders) {
    // What was told again, as nobody had answered in time, has a new id and the version that it had.
    const all = new Map(heard.filter(({ key }) => key === id).map((event) => [event.version, event]));
    const events = [...all.values()];
    const end = status === 'CONFIRMED' ? 'OrderConfirmed' : 'OrderRejected';
    expect({ id, types: events.map(({ type }) => type) }).toEqual({ id, types: ['OrderPlaced', end] });
    const [first, last] = events.map(({ version }) => version);
    expect(last).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY);
  }
});

test('the adapter of Kafka passes its own tests on the real broker', async () => {
  await shop.stop();
  const outages = broker.native && {
    TEST_KAFKA_KILL: `kill -9 $(cat '${broker.native.pidFile}')`,
    TEST_KAFKA_START: broker.native.start,
  };
  await expectAdapter(folder, {
    folder: 'chassis/typescript/test/messaging/kafka',
    killing: ['consuming.test.ts', 'publishing.test.ts'],
    env: { TEST_KAFKA_URL: url, ...outages },
  });
});

test('the adapter of etcd passes its own tests on the real registry', async () => {
  await ensureEngine();
  await succeed('npm', ['run', 'setup'], { cwd: folder });
  const compose = await composeOf(folder, { etcd: [2379] });
  try {
    await compose.run('up', '--detach', '--wait', 'etcd');
    await expectAdapter(folder, {
      folder: 'chassis/typescript/test/discovery',
      files: /^etcd\.test\.ts$/,
      env: { TEST_ETCD_URL: `etcd://127.0.0.1:${compose.port('etcd', 2379)}` },
    });
  } finally {
    await compose.remove();
  }
});

/** Twelve orders at once, each fourth with a card that is declined, to their end. */
async function placeSome(): Promise<readonly Order[]> {
  const requests = Array.from({ length: 12 }, (_, index) => (index % 4 === 3 ? declined : paid));
  const ids = await Promise.all(requests.map((request) => placeOrder(shop, request)));
  return Promise.all(ids.map((id) => settled(shop, id)));
}
