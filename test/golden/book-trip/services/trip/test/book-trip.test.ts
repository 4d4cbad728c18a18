import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EdgeClient, edge } from '@app/chassis/edge';
import { testSystem, until } from '@app/chassis/testing';
import { TripApi } from '@app/contracts/trip';
import { parts as customer } from '../../customer/src/parts.ts';
import { parts as flight } from '../../flight/src/parts.ts';
import { parts as hotel } from '../../hotel/src/parts.ts';
import { bookTrip as start } from '../src/book-trip.ts';
import { parts } from '../src/parts.ts';

const services = [
  { name: 'customer', parts: customer },
  { name: 'hotel', parts: hotel },
  { name: 'flight', parts: flight },
  { name: 'trip', parts },
];

const request = { customerId: '1' };
const withKey = { idempotencyKey: 'a-key' };

const settled = ({ getTrip }: EdgeClient<typeof TripApi>, id: string) =>
  until(
    async () => {
      const found = await getTrip({ id });
      return found.status !== 'PENDING' && found;
    },
    { limitMs: 20_000, what: `trip ${id} is settled` },
  );

test('a trip whose steps all succeed is confirmed', async (t) => {
  const service = edge((await testSystem(t, services)).get('trip')?.url, TripApi);

  const { id, status } = await service.bookTrip(request, withKey);
  assert.equal(status, 'PENDING');

  assert.equal((await settled(service, id)).status, 'CONFIRMED');
});

test('a trip that is refused at flight.book is rejected and what was done before is undone', async (t) => {
  const service = edge((await testSystem(t, services)).get('trip')?.url, TripApi);

  const { id } = await service.bookTrip({ ...request, fail: 'flight.book' }, withKey);

  const { status, reason } = await settled(service, id);
  assert.deepEqual({ status, reason }, { status: 'REJECTED', reason: 'refused on request' });
  const taken = async () => {
    const { history } = await service.getTrip({ id });
    return history.some(({ result }) => result === 'undone');
  };
  await until(taken, { limitMs: 20_000, what: 'what was done before is taken back' });
});

test('a repeated request is one trip, and another one under its key is refused', async (t) => {
  const service = edge((await testSystem(t, services)).get('trip')?.url, TripApi);

  const first = await service.bookTrip(request, withKey);
  assert.deepEqual(await service.bookTrip(request, withKey), first);
  await assert.rejects(service.bookTrip({ ...request, fail: 'another' }, withKey), { code: 'Unprocessable' });
  await settled(service, first.id);
});

test('a trip that is begun twice under one id is one', async (t) => {
  const { db, url } = (await testSystem(t, services)).get('trip') ?? {};
  assert.ok(db && url);

  const id = 'asked-for-twice';
  const ask = () => db.transaction((tx) => start(tx, { id, ...request }));
  assert.deepEqual(await ask(), await ask());
  assert.equal((await settled(edge(url, TripApi), id)).status, 'CONFIRMED');
});
