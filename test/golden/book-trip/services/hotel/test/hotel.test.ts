import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StartedService, testSystem } from '@app/chassis/testing';
import * as hotel from '../src/hotel.ts';
import { parts } from '../src/parts.ts';

const services = [{ name: 'hotel', parts }];
const request = { tripId: '12345' };

async function stepsOf(service: StartedService | undefined) {
  const db = service?.db as StartedService['db'];
  const found = await hotel.findHotel(db, '12345');
  return found?.steps;
}

test('reserveHotel is done once, however often it is asked for', async (t) => {
  const service = (await testSystem(t, services)).get('hotel');

  for (const _ of [1, 2]) {
    const outcome = await service?.db.transaction((tx) => hotel.reserveHotel(tx, request));
    assert.equal(outcome?.ok, true);
  }

  assert.deepEqual(await stepsOf(service), [{ step: 'reserve', state: 'HELD' }]);
});

test('reserveHotel that was refused stays refused', async (t) => {
  const service = (await testSystem(t, services)).get('hotel');
  const refused = { ...request, fail: 'hotel.reserve' };

  for (const asked of [refused, request]) {
    const outcome = await service?.db.transaction((tx) => hotel.reserveHotel(tx, asked));
    assert.equal(outcome?.ok, false);
  }
});

test('cancelHotel undoes reserveHotel, and before it leaves a tombstone', async (t) => {
  const service = (await testSystem(t, services)).get('hotel');
  const late = { tripId: 'late' };

  await service?.db.transaction((tx) => hotel.reserveHotel(tx, request));
  await service?.db.transaction((tx) => hotel.cancelHotel(tx, request));
  assert.deepEqual(await stepsOf(service), [{ step: 'reserve', state: 'UNDONE' }]);

  await service?.db.transaction((tx) => hotel.cancelHotel(tx, late));
  const outcome = await service?.db.transaction((tx) => hotel.reserveHotel(tx, late));
  assert.equal(outcome?.ok, false);
});

test('checkInHotel is done once, however often it is asked for', async (t) => {
  const service = (await testSystem(t, services)).get('hotel');

  for (const _ of [1, 2]) {
    await service?.db.transaction((tx) => hotel.checkInHotel(tx, request));
  }

  assert.deepEqual(await stepsOf(service), [{ step: 'check-in', state: 'HELD' }]);
});
