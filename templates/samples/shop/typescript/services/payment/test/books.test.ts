import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { testDatabase } from '@app/chassis/testing';
import { needsVoid, openPayment, settlePayment, voidPayment } from '../src/payments.ts';
import { books } from './books.ts';
import { startProvider } from './provider.ts';

const folders = [join(import.meta.dirname, '../migrations')];
const price = { amount: 1999, currency: 'EUR' };

test('a payment is done when it is authorized, open before, and undone when it is declined or voided', async (t) => {
  const db = await testDatabase(t, { folders });
  const pay = async (orderId: string, approved?: boolean) => {
    await db.transaction((tx) => openPayment(tx, { orderId, price }));
    if (approved === undefined) return;
    const authorization = approved ? { approved } : { approved, reason: 'declined' };
    await db.transaction((tx) => settlePayment(tx, { orderId, authorization }));
  };

  await pay('authorized', true);
  await pay('declined', false);
  await pay('open');
  await pay('voided', true);
  await db.transaction((tx) => voidPayment(tx, 'voided'));
  await db.transaction((tx) => needsVoid(tx, 'never-seen'));

  const entries = await books.entries(db);
  assert.deepEqual(entries.map(({ key, state, facts }) => `${key} ${state} ${facts?.amount}`).sort(), [
    'authorized done 1999',
    'declined undone 1999',
    'never-seen undone null',
    'open open 1999',
    'voided undone 1999',
  ]);
});

async function provider(t: TestContext) {
  const started = await startProvider();
  t.after(started.stop);
  const ask = async (path: string, reference: string, key = reference) => {
    await fetch(`${started.env.CARD_PROVIDER_URL}${path}`, {
      method: 'POST',
      headers: { 'idempotency-key': key },
      body: JSON.stringify({ reference, amount: price.amount, cardToken: 'tok_visa' }),
    });
  };
  return {
    ...{ authorize: ask.bind(undefined, '/authorizations'), void: ask.bind(undefined, '/voids') },
    look: () => ({
      states: started.entries().map(({ key, state, facts }) => `${key} ${state} ${facts?.amount}`),
      wrong: started.audit(),
    }),
  };
}

test('the provider answers an authorization that is asked for again, and makes it once', async (t) => {
  const { authorize, look } = await provider(t);

  await authorize('first');
  await authorize('first');

  assert.deepEqual(look(), { states: ['first done 1999'], wrong: [] });
});

test('what is voided once is undone', async (t) => {
  const { look, ...ask } = await provider(t);

  await ask.authorize('first');
  await ask.void('first');
  await ask.void('never-seen');

  assert.deepEqual(look(), { states: ['first undone 1999', 'never-seen undone 0'], wrong: [] });
});

test('an authorization that was made twice is noticed beside one that is lost, though the sum is right', async (t) => {
  const { authorize, look } = await provider(t);

  await authorize('first', 'one key');
  await authorize('first', 'another key');

  assert.deepEqual(look().wrong, ['order first was authorized 2 times and voided 0 times']);
});

test('a void that was made twice is noticed', async (t) => {
  const { look, ...ask } = await provider(t);

  await ask.authorize('first');
  await ask.void('first', 'one key');
  await ask.void('first', 'another key');

  assert.deepEqual(look().wrong, ['order first was authorized 1 times and voided 2 times']);
});
