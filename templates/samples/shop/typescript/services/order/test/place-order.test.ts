import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StartedService, testSystem, until } from '@app/chassis/testing';
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

interface OrderView {
  id: string;
  status: string;
  reason?: string;
  history: { service: string; result: string }[];
}

const post = (at: StartedService | undefined, body: object, key = 'a-key') =>
  fetch(`${at?.url}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ userId: '1', item: 'antique', ...body }),
  });

const get = async <T>(at: StartedService | undefined, path: string) =>
  (await (await fetch(`${at?.url}${path}`)).json()) as T;

async function settled(at: StartedService | undefined, id: string): Promise<OrderView> {
  return until(
    async () => {
      const view = await get<OrderView>(at, `/api/orders/${id}`);
      return view.status !== 'PENDING' && view;
    },
    { limitMs: 20_000, what: `order ${id} is settled` },
  );
}

/** The stock of antiques once none is held for an order. */
async function stockAtRest(at: StartedService | undefined) {
  return until(
    async () => {
      const { available, held, sold } = await get<Record<string, number>>(at, '/api/inventories/antique');
      return held === 0 && { available, held, sold };
    },
    { limitMs: 20_000, what: 'nothing is held' },
  );
}

test('an order that is paid is confirmed and its stock sold', async (t) => {
  const system = await testSystem(t, services);

  const response = await post(system.get('order'), {});
  assert.equal(response.status, 202);
  const { id } = (await response.json()) as OrderView;
  assert.equal(response.headers.get('location'), `/api/orders/${id}`);

  assert.equal((await settled(system.get('order'), id)).status, 'CONFIRMED');
  assert.deepEqual(await stockAtRest(system.get('inventory')), { available: 0, held: 0, sold: 1 });
  assert.equal(
    (await get<{ status: string }>(system.get('payment'), `/api/payments/${id}`)).status,
    'AUTHORIZED',
  );
});

test('an order whose card is declined is rejected and its stock given back', async (t) => {
  const system = await testSystem(t, services);

  const { id } = (await (await post(system.get('order'), { cardToken: 'tok_declined' })).json()) as OrderView;

  const { status, reason, history } = await settled(system.get('order'), id);
  assert.deepEqual({ status, reason }, { status: 'REJECTED', reason: 'declined' });
  assert.ok(history.some(({ service, result }) => service === 'payment' && result === 'refused'));
  assert.deepEqual(await stockAtRest(system.get('inventory')), { available: 1, held: 0, sold: 0 });
});

test('an order for more than there is is rejected and nothing is charged', async (t) => {
  const system = await testSystem(t, services);

  const { id } = (await (await post(system.get('order'), { quantity: 2 })).json()) as OrderView;

  assert.equal((await settled(system.get('order'), id)).reason, 'out-of-stock');
  assert.equal((await fetch(`${system.get('payment')?.url}/api/payments/${id}`)).status, 404);
});

test('an order of the same id is the same order, unless it is for something else', async (t) => {
  const order = (await testSystem(t, services)).get('order');
  const twelve = { id: '12345', userId: '1', item: 'antique', quantity: 1, cardToken: 'tok_visa' };
  const place = (one: typeof twelve) => order?.db.transaction((tx) => placeOrder(tx, one));

  assert.deepEqual(await place(twelve), await place(twelve));
  await assert.rejects(async () => place({ ...twelve, item: 'widget' }), /another order/);
  assert.equal((await order?.db.query('SELECT FROM orders'))?.rowCount, 1);
  await settled(order, '12345');
});

test('a repeated request is one order, another one under its key is refused, an unknown user cannot order', async (t) => {
  const system = await testSystem(t, services);

  const first = (await (await post(system.get('order'), {})).json()) as OrderView;
  const again = (await (await post(system.get('order'), {})).json()) as OrderView;
  assert.equal(again.id, first.id);
  assert.equal((await post(system.get('order'), { quantity: 2 })).status, 422);
  assert.equal((await post(system.get('order'), { userId: 'nobody' }, 'another-key')).status, 422);
  await settled(system.get('order'), first.id);
  assert.equal((await system.get('order')?.db.query('SELECT FROM orders'))?.rowCount, 1);
});
