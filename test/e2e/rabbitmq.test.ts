/** The shop on a real RabbitMQ: the broker of its own compose.yaml, the services started by `npm run dev`. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAdapter } from './adapter.ts';
import { type Broker, startBroker } from './broker.ts';
import { succeed } from './commands.ts';
import { send } from './foreign-sender.ts';
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
let broker: Broker;
let shop: System;
beforeAll(async () => {
  folder = await generateAndInstall('shop');
  await expectProven(folder, 'e2e/rabbitmq.test.ts');
  broker = await startBroker(folder);
  shop = await startSystem(folder, { env: { BROKER_URL: broker.url } });
});
afterAll(async () => {
  await shop?.stop();
  await broker?.remove();
});

const deadLetters = (...args: readonly string[]) =>
  succeed('npm', ['run', '--silent', 'dead-letters', '--', ...args], { cwd: folder });

test('one order is confirmed, and one whose card is declined gives its stock back', async () => {
  const before = await getStock(shop);
  const confirmed = await settled(shop, await placeOrder(shop, paid));
  expect(confirmed.status).toBe('CONFIRMED');
  const rejected = await settled(shop, await placeOrder(shop, declined));
  expect(rejected).toMatchObject({ status: 'REJECTED', reason: 'declined' });
  expect(rejected.history).toContainEqual(
    expect.objectContaining({ step: 'ReleaseStock', result: 'undone' }),
  );
  await expectSold(shop, { before, sold: 1 });
});

test('a bare message of a foreign sender is an order, and twice the message is one order', async () => {
  const before = await getStock(shop);
  const body = '{"order_id": "12345", "item": "widget"}';
  await send(broker.url, { queue: 'orders', bodies: [body, body] });
  await until(() => getOrder(shop, '12345'), { what: () => 'order 12345', limitMs: 60_000 });
  expect((await settled(shop, '12345')).status).toBe('CONFIRMED');
  await broker.drained();
  await expectSold(shop, { before, sold: 1 });
  expect(await paymentOf(shop, '12345')).toBe('AUTHORIZED');
});

test('messages that nobody can read are dead letters with their reasons, and hold up nothing', async () => {
  await send(broker.url, {
    queue: 'orders',
    bodies: [
      '{"order_id": ',
      '[1, 2]',
      '{"order_id": "12345", "item": "gadget"}',
      '{"order_id": "12346", "item": "widget"}',
    ],
  });
  await until(() => getOrder(shop, '12346'), { what: () => 'the order behind them', limitMs: 60_000 });
  let listed = '';
  await until(
    async () => {
      listed = await deadLetters('list', 'orders');
      return listed.trim().split('\n').length === 4;
    },
    { what: () => `three dead letters:\n${listed}`, limitMs: 60_000 },
  );
  expect(listed).toMatch(/BAD_JSON: .*end of JSON/);
  expect(listed).toMatch(/MISSING_ID: no id or type/);
  expect(listed).toMatch(/CONFLICT: its id was used for another content/);
  expect(await deadLetters('drop', 'orders', '--all')).toMatch(/dropped/);
  expect(await deadLetters('list')).toContain('No dead letters.');
});

test('every order settles while the broker restarts and is killed, and a service is killed in the middle of sagas', async () => {
  const before = await getStock(shop);
  const load = startLoad(shop);
  await load.more(5);
  await broker.restart();
  await load.more(5);
  await broker.kill();
  await load.more(5);
  await broker.up();
  await load.more(5);
  const ids = await load.stop();

  const inventory = await shop.processOf('inventory');
  const burst = await Promise.all(Array.from({ length: 10 }, () => placeOrder(shop, paid)));
  process.kill(inventory.pid, 'SIGKILL');
  const caught = await Promise.all(burst.map((id) => getOrder(shop, id)));
  expect(caught.filter((order) => order?.status === 'PENDING')).not.toHaveLength(0);
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
  await broker.drained();
  expect(await deadLetters('list')).toContain('No dead letters.');
});

test('the adapter of RabbitMQ passes its own tests on the real broker', async () => {
  await shop.stop();
  await expectAdapter(folder, {
    folder: 'chassis/typescript/test/messaging/rabbitmq',
    env: { TEST_AMQP_URL: broker.managedUrl },
  });
});
