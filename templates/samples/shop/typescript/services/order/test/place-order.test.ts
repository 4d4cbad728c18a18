import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openDatabase } from '@app/chassis/database';
import { type EdgeClient, edge } from '@app/chassis/edge';
import { testSystem, until } from '@app/chassis/testing';
import { InventoryApi } from '@app/contracts/inventory';
import { OrderApi } from '@app/contracts/order';
import { PaymentApi } from '@app/contracts/payment';
import { parts as inventory } from '../../inventory/src/parts.ts';
import { parts as payment } from '../../payment/src/parts.ts';
import { parts as user } from '../../user/src/parts.ts';
import { parts as order } from '../src/parts.ts';
import { placeOrder } from '../src/place-order.ts';

const services = [
  { name: 'user', parts: user },
  { name: 'inventory', parts: inventory },
  { name: 'payment', parts: payment },
  { name: 'order', parts: order },
];

async function started(t: TestContext) {
  const system = await testSystem(t, services);
  return {
    db: system.get('order')?.db,
    bus: system.get('order')?.env.BROKER_URL ?? '',
    orders: edge(system.get('order')?.url, OrderApi),
    stock: edge(system.get('inventory')?.url, InventoryApi),
    payments: edge(system.get('payment')?.url, PaymentApi),
  };
}

const request = { userId: '1', item: 'antique' };
const withKey = { idempotencyKey: 'a-key' };

const settled = ({ getOrder }: EdgeClient<typeof OrderApi>, id: string) =>
  until(
    async () => {
      const order = await getOrder({ id });
      return order.status !== 'PENDING' && order;
    },
    { limitMs: 20_000, what: `order ${id} is settled` },
  );

/** The stock of antiques, once none is held any more. */
async function antiquesAtRest({ getStock }: EdgeClient<typeof InventoryApi>) {
  const { available, held, sold } = await until(
    async () => {
      const stock = await getStock({ id: 'antique' });
      return stock.held === 0 && stock;
    },
    { limitMs: 20_000, what: 'no stock is held' },
  );
  return { available, held, sold };
}

test('an order that is paid is confirmed and its stock sold', async (t) => {
  const { orders, stock, payments } = await started(t);

  const { id, status } = await orders.placeOrder(request, withKey);
  assert.equal(status, 'PENDING');

  assert.equal((await settled(orders, id)).status, 'CONFIRMED');
  assert.deepEqual(await antiquesAtRest(stock), { available: 0, held: 0, sold: 1 });
  assert.equal((await payments.getPayment({ id })).status, 'AUTHORIZED');
});

test('an order whose card is declined is rejected and its stock given back', async (t) => {
  const { orders, stock } = await started(t);

  const { id } = await orders.placeOrder({ ...request, cardToken: 'tok_declined' }, withKey);

  const { status, reason, history } = await settled(orders, id);
  assert.deepEqual({ status, reason }, { status: 'REJECTED', reason: 'declined' });
  assert.ok(history.some(({ service, result }) => service === 'payment' && result === 'refused'));
  assert.deepEqual(await antiquesAtRest(stock), { available: 1, held: 0, sold: 0 });
});

test('an order for more than there is is rejected and nothing is charged', async (t) => {
  const { orders, payments } = await started(t);

  const { id } = await orders.placeOrder({ ...request, quantity: 2 }, withKey);

  assert.equal((await settled(orders, id)).reason, 'out-of-stock');
  // None, or the tombstone of a service that hears of the rejection without having been asked for anything.
  const payment = await payments.getPayment({ id }).catch(({ code }) => assert.equal(code, 'NotFound'));
  if (payment) assert.deepEqual(payment, { id, status: 'VOIDED' });
});

test('an order of the same id is the same order, unless it is for something else', async (t) => {
  const { orders, db } = await started(t);
  const twelve = { id: '12345', userId: '1', item: 'antique', quantity: 1, cardToken: 'tok_visa' };
  const place = (one: typeof twelve) => db?.transaction((tx) => placeOrder(tx, one));

  assert.deepEqual(await place(twelve), await place(twelve));
  await assert.rejects(async () => place({ ...twelve, item: 'widget' }), /another order/);
  assert.equal((await db?.query('SELECT FROM orders'))?.rowCount, 1);
  await settled(orders, '12345');
});

test('a repeated request is one order, another one under its key is refused, an unknown user cannot order', async (t) => {
  const { orders, db } = await started(t);

  const first = await orders.placeOrder(request, withKey);
  assert.equal((await orders.placeOrder(request, withKey)).id, first.id);
  const unprocessable = { code: 'Unprocessable' };
  await assert.rejects(orders.placeOrder({ ...request, quantity: 2 }, withKey), unprocessable);
  const nobody = { ...request, userId: 'nobody' };
  await assert.rejects(orders.placeOrder(nobody, { idempotencyKey: 'another-key' }), unprocessable);
  await settled(orders, first.id);
  assert.equal((await db?.query('SELECT FROM orders'))?.rowCount, 1);
});

test('a bare message of another system places an order for one piece; delivered twice it is one order', async (t) => {
  const { orders, stock, db, bus } = await started(t);
  const broker = openDatabase({ url: bus, max: 1 });
  const deliver = async (body: string) => {
    await broker.query('SELECT send($1, $2)', ['orders', body]);
    const waiting = "SELECT FROM delivery WHERE channel = 'orders'";
    const isHandled = async () => (await broker.query(waiting)).rowCount === 0;
    await until(isHandled, { limitMs: 20_000, what: 'it is handled' });
  };
  try {
    await deliver('{"order_id":"12345","item":"antique"}');
    const { userId, item, quantity, status } = await settled(orders, '12345');
    const expected = { userId: '1', item: 'antique', quantity: 1, status: 'CONFIRMED' };
    assert.deepEqual({ userId, item, quantity, status }, expected);

    await deliver('{ "item": "antique", "order_id": "12345" }');
    // As if it came when its first delivery has long been forgotten.
    await db?.query('DELETE FROM inbox');
    await deliver('{"order_id":"12345","item":"antique"}');

    assert.deepEqual((await db?.query('SELECT id FROM orders'))?.rows, [{ id: '12345' }]);
    assert.deepEqual((await db?.query('SELECT key FROM saga'))?.rows, [{ key: '12345' }]);
    assert.equal((await broker.query('SELECT FROM dead_letter')).rowCount, 0);
    assert.deepEqual(await antiquesAtRest(stock), { available: 0, held: 0, sold: 1 });
  } finally {
    await broker.close();
  }
});
