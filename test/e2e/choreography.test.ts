/** The shop with a choreographed saga: on the embedded default, and on a real RabbitMQ. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from './broker.ts';
import { succeed } from './commands.ts';
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
beforeAll(async () => {
  folder = await generateAndInstall('followers', {
    spec: 'name: followers\nsaga: { style: choreography }\n',
  });
  await expectProven(folder, 'e2e/choreography.test.ts');
});

test('npm run check passes', async () => {
  await succeed('npm', ['run', 'check'], { cwd: folder });
});

test('npm run demo shows the events of an order that is confirmed and of one that is rejected', async () => {
  const output = await succeed('npm', ['run', 'demo'], { cwd: folder });
  expect(output).toMatch(/OrderPlaced started.*StockReserved.*PaymentAuthorized.*OrderConfirmed.*CONFIRMED/s);
  expect(output).toMatch(
    /PaymentDeclined refused.*OrderRejected.*StockReleased undone.*REJECTED \(declined\)/s,
  );
});

describe('on RabbitMQ', () => {
  let broker: Broker;
  let shop: System;
  beforeAll(async () => {
    broker = await startBroker(folder);
    shop = await startSystem(folder, { env: { BROKER_URL: broker.url } });
  });
  afterAll(async () => {
    await shop?.stop();
    await broker?.remove();
  });

  test('one order is confirmed, and one whose card is declined gives its stock back', async () => {
    const before = await getStock(shop);
    const confirmed = await settled(shop, await placeOrder(shop, paid));
    expect(confirmed.status).toBe('CONFIRMED');
    expect(await paymentOf(shop, confirmed.id)).toBe('AUTHORIZED');
    const rejected = await settled(shop, await placeOrder(shop, declined));
    expect(rejected).toMatchObject({ status: 'REJECTED', reason: 'declined' });
    expect(await paymentOf(shop, rejected.id)).toBe('DECLINED');
    await expectSold(shop, { before, sold: 1 });
  });

  test('every order settles where a service is killed in the middle of sagas', async () => {
    const before = await getStock(shop);
    const payment = await shop.processOf('payment');
    const cards = Array.from({ length: 12 }, (_, index) => (index % 4 === 3 ? declined : paid));
    const ids = await Promise.all(cards.map((request) => placeOrder(shop, request)));
    process.kill(payment.pid, 'SIGKILL');
    const caught = await Promise.all(ids.map((id) => getOrder(shop, id)));
    expect(caught.filter((order) => order?.status === 'PENDING')).not.toHaveLength(0);
    const orders: Order[] = [];
    for (const id of ids) orders.push(await settled(shop, id));
    await broker.drained();
    for (const [index, { id, status, reason }] of orders.entries()) {
      const isPaid = (await paymentOf(shop, id)) === 'AUTHORIZED';
      expect({ id, reason, isPaid }).toEqual({ id, reason, isPaid: status === 'CONFIRMED' });
      if (cards[index] === declined) expect({ id, status }).toEqual({ id, status: 'REJECTED' });
      else expect([undefined, 'deadline']).toContain(reason);
    }
    const sold = orders.filter(({ status }) => status === 'CONFIRMED').length;
    expect(sold).toBeGreaterThan(0);
    await expectSold(shop, { before, sold });
    await until(
      async () => (await succeed('npm', ['run', '--silent', 'saga'], { cwd: folder })).includes('No open'),
      {
        what: () => 'the end of every saga',
        limitMs: 120_000,
      },
    );
    const letters = await succeed('npm', ['run', '--silent', 'dead-letters'], { cwd: folder });
    expect(letters).toContain('No dead letters.');
  });
});
