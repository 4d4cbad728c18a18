import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { testDatabase } from '@app/chassis/testing';
import { confirm, release, reserve } from '../src/stock.ts';
import { books } from './books.ts';

const folders = [join(import.meta.dirname, '../migrations')];
const order = { orderId: '12345', item: 'widget', quantity: 3 };

async function shelves(t: Parameters<typeof testDatabase>[0]) {
  const db = await testDatabase(t, { folders });
  const look = async () => ({ entries: await books.entries(db), wrong: await books.audit?.(db) });
  return { db, look };
}

const entry = (state: string, facts: object = { item: 'widget', quantity: 3 }) => ({
  ...{ key: '12345', step: 'stock', state, facts },
});

test('what was sold is done, and the books add up', async (t) => {
  const { db, look } = await shelves(t);

  await db.transaction((tx) => reserve(tx, order));
  await db.transaction((tx) => confirm(tx, order));

  assert.deepEqual(await look(), { entries: [entry('done')], wrong: [] });
});

test('what was released or refused is undone, and so is a tombstone', async (t) => {
  const { db, look } = await shelves(t);

  await db.transaction((tx) => reserve(tx, order));
  await db.transaction((tx) => release(tx, order));
  await db.transaction((tx) => release(tx, { orderId: 'never-seen' }));
  await db.transaction((tx) => reserve(tx, { orderId: 'too-much', item: 'antique', quantity: 2 }));

  const { entries, wrong } = await look();
  assert.deepEqual(entries.map(({ key, state }) => `${key} ${state}`).sort(), [
    '12345 undone',
    'never-seen undone',
    'too-much undone',
  ]);
  assert.deepEqual(wrong, []);
});

test('what is held for ever is open, and is missed', async (t) => {
  const { db, look } = await shelves(t);

  await db.transaction((tx) => reserve(tx, order));

  assert.deepEqual(await look(), { entries: [entry('open')], wrong: ['3 widget are held for nobody'] });
});

test('what left the shelves unnoted is missed', async (t) => {
  const { db, look } = await shelves(t);

  await db.query(`UPDATE stock SET available = available - 1 WHERE item = 'gadget'`);
  await db.query(`UPDATE stock SET available = available - 1, sold = sold + 1 WHERE item = 'antique'`);

  assert.deepEqual((await look()).wrong?.toSorted(), [
    '1 antique are sold, and 0 by the holds',
    'of 1000 gadget 999 are there, 0 held and 0 sold',
  ]);
});

test('one order that got what two should have is in no sum, and in its entry', async (t) => {
  const { db, look } = await shelves(t);

  const both = { ...order, quantity: 6 };
  await db.transaction((tx) => reserve(tx, both));
  await db.transaction((tx) => confirm(tx, both));

  assert.deepEqual(await look(), { entries: [entry('done', { item: 'widget', quantity: 6 })], wrong: [] });
});
