import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StartedService, testSystem } from '@app/chassis/testing';
import * as flight from '../src/flight.ts';
import { parts } from '../src/parts.ts';

const services = [{ name: 'flight', parts }];
const request = { tripId: '12345' };

async function stepsOf(service: StartedService | undefined) {
  const db = service?.db as StartedService['db'];
  const found = await flight.findFlight(db, '12345');
  return found?.steps;
}

test('bookFlight is done once, however often it is asked for', async (t) => {
  const service = (await testSystem(t, services)).get('flight');

  for (const _ of [1, 2]) {
    const outcome = await service?.db.transaction((tx) => flight.bookFlight(tx, request));
    assert.equal(outcome?.ok, true);
  }

  assert.deepEqual(await stepsOf(service), [{ step: 'book', state: 'HELD' }]);
});

test('bookFlight that was refused stays refused', async (t) => {
  const service = (await testSystem(t, services)).get('flight');
  const refused = { ...request, fail: 'flight.book' };

  for (const asked of [refused, request]) {
    const outcome = await service?.db.transaction((tx) => flight.bookFlight(tx, asked));
    assert.equal(outcome?.ok, false);
  }
});

test('cancelFlight undoes bookFlight, and before it leaves a tombstone', async (t) => {
  const service = (await testSystem(t, services)).get('flight');
  const late = { tripId: 'late' };

  await service?.db.transaction((tx) => flight.bookFlight(tx, request));
  await service?.db.transaction((tx) => flight.cancelFlight(tx, request));
  assert.deepEqual(await stepsOf(service), [{ step: 'book', state: 'UNDONE' }]);

  await service?.db.transaction((tx) => flight.cancelFlight(tx, late));
  const outcome = await service?.db.transaction((tx) => flight.bookFlight(tx, late));
  assert.equal(outcome?.ok, false);
});
