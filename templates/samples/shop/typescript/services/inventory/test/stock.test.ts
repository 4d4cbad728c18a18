import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { testDatabase } from '@app/chassis/testing';
import { confirm, findStock, release, reserve } from '../src/stock.ts';

const folders = [join(import.meta.dirname, '../migrations')];
const order = { orderId: '12345', item: 'antique', quantity: 1 };
const price = { amount: 99900, currency: 'EUR' };

test('held stock is sold when it is confirmed, once', async (t) => {
  const db = await testDatabase(t, { folders });

  assert.deepEqual(await db.transaction((tx) => reserve(tx, order)), { ok: true, price });
  await db.transaction((tx) => confirm(tx, order));
  await db.transaction((tx) => confirm(tx, order));

  assert.deepEqual(await findStock(db, 'antique'), { id: 'antique', available: 0, held: 0, sold: 1, price });
});

test('a repeated reservation holds nothing more and gives the first answer', async (t) => {
  const db = await testDatabase(t, { folders });

  const first = await db.transaction((tx) => reserve(tx, order));
  await db.query('UPDATE stock SET price_amount = price_amount + 1');
  const again = await db.transaction((tx) => reserve(tx, order));

  assert.deepEqual(again, first);
  assert.equal((await findStock(db, 'antique'))?.held, 1);
});

test('what is not in stock is refused, also when asked again', async (t) => {
  const db = await testDatabase(t, { folders });
  const tooMuch = { ...order, quantity: 2 };

  for (const _ of [1, 2]) {
    assert.deepEqual(await db.transaction((tx) => reserve(tx, tooMuch)), {
      ok: false,
      reason: 'out-of-stock',
    });
  }
  assert.deepEqual(await db.transaction((tx) => reserve(tx, { ...tooMuch, orderId: '2', item: 'nothing' })), {
    ok: false,
    reason: 'out-of-stock',
  });
});

test('released stock is available again, once', async (t) => {
  const db = await testDatabase(t, { folders });

  await db.transaction((tx) => reserve(tx, order));
  await db.transaction((tx) => release(tx, order));
  await db.transaction((tx) => release(tx, order));

  assert.deepEqual(await findStock(db, 'antique'), { id: 'antique', available: 1, held: 0, sold: 0, price });
});

test('a release that comes first leaves a tombstone: the late reservation is refused', async (t) => {
  const db = await testDatabase(t, { folders });

  await db.transaction((tx) => release(tx, order));

  assert.deepEqual(await db.transaction((tx) => reserve(tx, order)), { ok: false, reason: 'released' });
  assert.equal((await findStock(db, 'antique'))?.available, 1);
});

test('of reservations and their releases at the same time, in any order, nothing stays held', async (t) => {
  const db = await testDatabase(t, { folders });
  const orders = Array.from({ length: 500 }, (_, index) => ({
    ...order,
    orderId: `o${index}`,
    item: 'gadget',
  }));
  const turns = orders
    .flatMap((one) => [
      { at: Math.random(), take: () => db.transaction((tx) => reserve(tx, one)) },
      { at: Math.random(), take: () => db.transaction((tx) => release(tx, one)) },
    ])
    .toSorted((one, other) => one.at - other.at);
  const takeTurns = async () => {
    for (let turn = turns.pop(); turn; turn = turns.pop()) await turn.take();
  };

  await Promise.all(Array.from({ length: 20 }, takeTurns));

  const { available, held } = (await findStock(db, 'gadget')) ?? {};
  assert.deepEqual({ available, held }, { available: 1000, held: 0 });
});

test('stock that is sold cannot be released', async (t) => {
  const db = await testDatabase(t, { folders });
  await db.transaction((tx) => reserve(tx, order));
  await db.transaction((tx) => confirm(tx, order));

  await assert.rejects(
    db.transaction((tx) => release(tx, order)),
    /is sold/,
  );
  assert.equal((await findStock(db, 'antique'))?.sold, 1);
});

test('stock that is not held cannot be confirmed', async (t) => {
  const db = await testDatabase(t, { folders });

  await assert.rejects(
    db.transaction((tx) => confirm(tx, order)),
    /No stock is held/,
  );
});
