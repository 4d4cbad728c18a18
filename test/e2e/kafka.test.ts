/** The shop on a real Kafka: the services started by `npm run dev`, the topics by `npm run topics`. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, succeed } from './commands.ts';
import { type Listener, listen, sendBare } from './foreign-kafka.ts';
import { type KafkaBroker, startKafka } from './kafka-broker.ts';
import { startLoad } from './load.ts';
import {
  declined,
  expectSold,
  getOrder,
  getStock,
  type Order,
  paid,
  paymentOf,
  placeOrder,
  settled,
} from './orders.ts';
import { generateAndInstall } from './project.ts';
import { expectProven } from './proven.ts';
import { type System, startSystem } from './system.ts';
import { until } from './until.ts';

let folder: string;
let broker: KafkaBroker;
let url: string;
let shop: System;
let listener: Listener;
beforeAll(async () => {
  folder = await generateAndInstall('shop', { spec: 'version: 1\nbroker: kafka\n' });
  await expectProven(folder, 'e2e/kafka.test.ts');
  broker = await startKafka(folder);
  url = `kafka://${broker.address}`;
  await succeed('npm', ['run', 'topics'], { cwd: folder, env: { BROKER_URL: url } });
  shop = await startSystem(folder, { env: { BROKER_URL: url } });
  listener = await listen(broker.address, 'order-events');
});
afterAll(async () => {
  await listener?.stop();
  await shop?.stop();
  await broker?.remove();
});

const deadLetters = (...args: readonly string[]) =>
  succeed('npm', ['run', '--silent', 'dead-letters', '--', ...args], { cwd: folder });

test('one order is confirmed, and one whose card is declined gives its stock back', async () => {
  const before = await getStock(shop);
  expect((await settled(shop, await placeOrder(shop, paid))).status).toBe('CONFIRMED');
  const rejected = await settled(shop, await placeOrder(shop, declined));
  expect(rejected).toMatchObject({ status: 'REJECTED', reason: 'declined' });
  await expectSold(shop, { before, sold: 1 });
});

test('a bare message of a foreign producer is an order, twice the message is one, and what is none is a dead letter', async () => {
  const before = await getStock(shop);
  const body = '{"order_id": "12345", "item": "widget"}';
  await sendBare(broker.address, { topic: 'orders', bodies: [body, '{"order_id": ', body] });
  await until(() => getOrder(shop, '12345'), { what: () => 'order 12345', limitMs: 60_000 });
  expect((await settled(shop, '12345')).status).toBe('CONFIRMED');
  let listed = '';
  await until(
    async () => {
      listed = await deadLetters('list', 'orders');
      return listed.includes('BAD_JSON');
    },
    { what: () => `the dead letter:\n${listed}`, limitMs: 60_000 },
  );
  expect(await deadLetters('drop', 'orders', '--all')).toMatch(/dropped/);
  expect(await deadLetters('list')).toContain('No dead letters.');
  await expectSold(shop, { before, sold: 1 });
});

test('every order settles while the broker is killed, and a service is killed in the middle of sagas', async () => {
  const before = await getStock(shop);
  const load = startLoad(shop);
  await load.more(5);
  await broker.kill();
  await load.more(5);
  await broker.up();
  await load.more(5);
  const ids = await load.stop();

  const inventory = await shop.processOf('inventory');
  const burst = await Promise.all(Array.from({ length: 10 }, () => placeOrder(shop, paid)));
  process.kill(inventory.pid, 'SIGKILL');
  await until(async () => shop.output().includes('killed by SIGKILL'), {
    what: () => 'the end of the inventory service',
    limitMs: 30_000,
  });

  const orders: Order[] = [];
  for (const id of [...ids, ...burst]) orders.push(await settled(shop, id));
  for (const { id, status, reason } of orders) {
    const isPaid = (await paymentOf(shop, id)) === 'AUTHORIZED';
    expect({ id, reason, isPaid }).toEqual({ id, reason, isPaid: status === 'CONFIRMED' });
    if (load.isDeclined(id)) expect({ id, status }).toEqual({ id, status: 'REJECTED' });
    else expect([undefined, 'deadline']).toContain(reason);
  }
  const sold = orders.filter(({ status }) => status === 'CONFIRMED').length;
  expect(sold).toBeGreaterThan(0);
  await expectSold(shop, { before, sold });
  expect(await deadLetters('list')).toContain('No dead letters.');
});

test('a service whose broker is another kind ends with 1, and says which it speaks with', async () => {
  const start = ['--import', 'tsx', '--conditions=source', 'services/order/src/main.ts'];
  const env = { BROKER_URL: 'amqp://localhost' };
  const { code, output } = await run(process.execPath, start, { cwd: folder, env });
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringContaining('BROKER_URL is wrong: expected postgres:// or kafka://'),
  });
});

test('a foreign consumer group has seen the end of every order, each once but for repetitions', async () => {
  const ends = () => new Map(listener.heard.map(({ key, type }) => [key, type]));
  await until(async () => ends().size >= 25, { what: () => `${ends().size} ends`, limitMs: 60_000 });
  for (const [id, type] of ends())
    expect({ id, type }).toEqual({
      id,
      type: (await getOrder(shop, id))?.status === 'CONFIRMED' ? 'OrderConfirmed' : 'OrderRejected',
    });
  const distinct = new Set(listener.heard.map(({ id }) => id));
  expect(distinct.size).toBe(ends().size);
});
