import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  type CallingHandler,
  type Envelope,
  fromHeaders,
  type HandlerContext,
  type Said,
} from '@app/chassis/messaging';
import { silentLogger } from '@app/chassis/telemetry';
import { testDatabase } from '@app/chassis/testing';
import { cardProvider } from '../src/card-provider.ts';
import { authorizePayment, voidAuthorization } from '../src/handlers.ts';
import { findPayment } from '../src/payments.ts';

const folders = [join(import.meta.dirname, '../migrations')];
const price = { amount: 1999, currency: 'EUR' };
/** All that a handler here may be told of an order. */
const order = {
  ...{ orderId: '12345', userId: '1', item: 'widget', quantity: 1 },
  ...{ price, cardToken: 'tok_visa', reason: 'out-of-stock' },
};
const envelope = fromHeaders({ id: 'm1', type: 'Any' }) as Envelope;

async function payments(t: TestContext) {
  const db = await testDatabase(t, { folders });
  const asked = () =>
    [authorize, undo].flatMap(({ mock }, index) => mock.calls.map(() => ['authorize', 'void'][index]));
  const authorize = t.mock.method(cardProvider, 'authorize');
  const undo = t.mock.method(cardProvider, 'void');
  /** To its answer; the provider is asked between two transactions. */
  const carryOut = async ({ external: { before, call, after } }: CallingHandler) => {
    const write = (work: (context: HandlerContext) => Promise<Said>) =>
      db.transaction((tx) => work({ tx, envelope, log: silentLogger }));
    const said = await write((context) => before(order, context));
    if (said) return answer(said);
    const result = await call(order, { idempotencyKey: 'key', signal: AbortSignal.timeout(10_000) });
    return answer(await write((context) => after(order, result, context)));
  };
  return { db, asked, carryOut };
}

/** Its name, and the reason that it gives. */
function answer(said: Said): string {
  const { type, data } = said as { type: { type: string }; data: { reason?: string } };
  return [type.type, ...(data.reason === undefined ? [] : [data.reason])].join(': ');
}

for (const text of [
  'authorize authorize void void',
  'authorize void authorize void',
  'authorize void void authorize',
  'void authorize authorize void',
  'void authorize void authorize',
  'void void authorize authorize',
]) {
  test(`${text.replaceAll(' ', ', ')}: nothing stays authorized, and each is answered`, async (t) => {
    const { db, asked, carryOut } = await payments(t);
    const commands = text.split(' ');
    const firstVoid = commands.indexOf('void');

    for (const [index, command] of commands.entries()) {
      const isVoid = command === 'void';
      const late = index > firstVoid ? 'PaymentDeclined: voided' : 'PaymentAuthorized';
      const said = await carryOut(isVoid ? voidAuthorization : authorizePayment);
      assert.equal(said, isVoid ? 'PaymentVoided' : late);
    }

    assert.equal((await findPayment(db, '12345'))?.status, 'VOIDED');
    // The provider hears of an authorization and of its void once each, or of neither.
    assert.deepEqual(asked(), firstVoid > 0 ? ['authorize', 'void'] : []);
  });
}
