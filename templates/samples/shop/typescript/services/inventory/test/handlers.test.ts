import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Envelope, fromHeaders, type Handler, type Said } from '@app/chassis/messaging';
import { silentLogger } from '@app/chassis/telemetry';
import { testDatabase } from '@app/chassis/testing';
import { confirmStock, releaseStock, reserveStock } from '../src/handlers.ts';
import { findStock } from '../src/stock.ts';

const folders = [join(import.meta.dirname, '../migrations')];
/** All that a handler here may be told of an order. */
const order = {
  ...{ orderId: '12345', userId: '1', item: 'antique', quantity: 1 },
  ...{ cardToken: 'tok_visa', reason: 'declined' },
};
const envelope = fromHeaders({ id: 'm1', type: 'Any' }) as Envelope;

async function shelves(t: TestContext) {
  const db = await testDatabase(t, { folders });
  const carryOut = (handler: Handler) =>
    db.transaction(async (tx) => answer(await handler.handle(order, { tx, envelope, log: silentLogger })));
  const look = async () => {
    const { available, held, sold } = (await findStock(db, 'antique')) ?? {};
    const holds = await db.query('SELECT order_id, state FROM hold');
    return { available, held, sold, holds: holds.rows };
  };
  return { carryOut, look };
}

/** Its name, and the reason that it gives. */
function answer(said: Said): string {
  const { type, data } = said as { type: { type: string }; data: { reason?: string } };
  return [type.type, ...(data.reason === undefined ? [] : [data.reason])].join(': ');
}

/** Every order of the items; those that are alike are not told apart. */
function permutations(items: readonly string[]): string[][] {
  if (items.length === 0) return [[]];
  return [...new Set(items)].flatMap((first) => {
    const rest = items.toSpliced(items.indexOf(first), 1);
    return permutations(rest).map((others) => [first, ...others]);
  });
}

for (const commands of permutations(['reserve', 'reserve', 'release', 'release'])) {
  test(`${commands.join(', ')}: nothing stays held, and each is answered`, async (t) => {
    const { carryOut, look } = await shelves(t);
    const firstRelease = commands.indexOf('release');

    for (const [index, command] of commands.entries()) {
      const isRelease = command === 'release';
      const said = await carryOut(isRelease ? releaseStock : reserveStock);
      const late = index > firstRelease ? 'StockRefused: released' : 'StockReserved';
      assert.equal(said, isRelease ? 'StockReleased' : late);
    }

    const holds = [{ order_id: '12345', state: 'RELEASED' }];
    assert.deepEqual(await look(), { available: 1, held: 0, sold: 0, holds });
  });
}

for (const commands of permutations(['reserve', 'reserve', 'confirm', 'confirm'])) {
  test(`${commands.join(', ')}: it is sold once`, async (t) => {
    const { carryOut, look } = await shelves(t);
    const early = commands.slice(0, commands.indexOf('reserve'));

    // A message that fails comes again.
    for (const _ of early) await assert.rejects(carryOut(confirmStock), /No stock is held/);
    for (const command of [...commands.slice(early.length), ...early]) {
      const isConfirm = command === 'confirm';
      const said = await carryOut(isConfirm ? confirmStock : reserveStock);
      assert.equal(said, isConfirm ? 'StockConfirmed' : 'StockReserved');
    }

    const holds = [{ order_id: '12345', state: 'SOLD' }];
    assert.deepEqual(await look(), { available: 0, held: 0, sold: 1, holds });
  });
}
