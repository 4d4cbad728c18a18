import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StartedService, testSystem, until } from '@app/chassis/testing';
import { parts as customer } from '../../customer/src/parts.ts';
import { parts as flight } from '../../flight/src/parts.ts';
import { parts as hotel } from '../../hotel/src/parts.ts';
import { parts } from '../src/parts.ts';

const services = [
  { name: 'customer', parts: customer },
  { name: 'hotel', parts: hotel },
  { name: 'flight', parts: flight },
  { name: 'trip', parts },
];

interface View {
  id: string;
  status: string;
  reason?: string;
  history: { result: string }[];
}

const post = (at: StartedService | undefined, body: object, key = 'a-key') =>
  fetch(`${at?.url}/api/trips`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customerId: '1', ...body }),
  });

const read = async (at: StartedService | undefined, id: string) =>
  (await (await fetch(`${at?.url}/api/trips/${id}`)).json()) as View;

const settled = (at: StartedService | undefined, id: string) =>
  until(
    async () => {
      const view = await read(at, id);
      return view.status !== 'PENDING' && view;
    },
    { limitMs: 20_000, what: `trip ${id} is settled` },
  );

test('a trip whose steps all succeed is confirmed', async (t) => {
  const service = (await testSystem(t, services)).get('trip');

  const response = await post(service, {});
  assert.equal(response.status, 202);
  const { id } = (await response.json()) as View;
  assert.equal(response.headers.get('location'), `/api/trips/${id}`);

  assert.equal((await settled(service, id)).status, 'CONFIRMED');
});

test('a trip that is refused at flight.book is rejected and what was done before is undone', async (t) => {
  const service = (await testSystem(t, services)).get('trip');

  const { id } = (await (await post(service, { fail: 'flight.book' })).json()) as View;

  const { status, reason } = await settled(service, id);
  assert.deepEqual({ status, reason }, { status: 'REJECTED', reason: 'refused on request' });
  const taken = async () => (await read(service, id)).history.some(({ result }) => result === 'undone');
  await until(taken, { limitMs: 20_000, what: 'what was done before is taken back' });
});

test('a repeated request is one trip, and another one under its key is refused', async (t) => {
  const service = (await testSystem(t, services)).get('trip');

  const first = (await (await post(service, {})).json()) as View;
  const again = (await (await post(service, {})).json()) as View;
  assert.equal(again.id, first.id);
  assert.equal((await post(service, { fail: 'another' })).status, 422);
  await settled(service, first.id);
});
