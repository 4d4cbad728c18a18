import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { testDatabase } from '@app/chassis/testing';
import { findPayment, needsVoid, openPayment, settlePayment, voidPayment } from '../src/payments.ts';

const folders = [join(import.meta.dirname, '../migrations')];
const price = { amount: 1999, currency: 'EUR' };
const payment = { orderId: '12345', price };
const approval = { orderId: '12345', authorization: { approved: true } } as const;
const refusal = { orderId: '12345', authorization: { approved: false, reason: 'declined' } } as const;

test('an authorized payment stays authorized when it is asked for again', async (t) => {
  const db = await testDatabase(t, { folders });

  assert.deepEqual(await db.transaction((tx) => openPayment(tx, payment)), { status: 'PENDING' });
  assert.deepEqual(await db.transaction((tx) => settlePayment(tx, approval)), { status: 'AUTHORIZED' });
  assert.deepEqual(await db.transaction((tx) => openPayment(tx, payment)), { status: 'AUTHORIZED' });
  assert.deepEqual(await findPayment(db, '12345'), { id: '12345', status: 'AUTHORIZED', price });
});

test('a declined payment keeps its reason and needs no void', async (t) => {
  const db = await testDatabase(t, { folders });

  await db.transaction((tx) => openPayment(tx, payment));
  const declined = { status: 'DECLINED', reason: 'declined' };

  assert.deepEqual(await db.transaction((tx) => settlePayment(tx, refusal)), declined);
  assert.deepEqual(await db.transaction((tx) => openPayment(tx, payment)), declined);
  assert.equal(await db.transaction((tx) => needsVoid(tx, '12345')), false);
});

test('a void that comes first leaves a tombstone: the late authorization is refused', async (t) => {
  const db = await testDatabase(t, { folders });

  assert.equal(await db.transaction((tx) => needsVoid(tx, '12345')), false);

  const refused = { status: 'DECLINED', reason: 'voided' };
  assert.deepEqual(await db.transaction((tx) => openPayment(tx, payment)), refused);
});

test('a void while the provider has not answered is made, and an authorization that comes after it does not count', async (t) => {
  const db = await testDatabase(t, { folders });

  await db.transaction((tx) => openPayment(tx, payment));
  assert.equal(await db.transaction((tx) => needsVoid(tx, '12345')), true);
  await db.transaction((tx) => voidPayment(tx, '12345'));

  const refused = { status: 'DECLINED', reason: 'voided' };
  assert.deepEqual(await db.transaction((tx) => settlePayment(tx, approval)), refused);
  assert.equal((await findPayment(db, '12345'))?.status, 'VOIDED');
});
