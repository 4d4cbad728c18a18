import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testSystem } from '@app/chassis/testing';
import { parts } from '../src/parts.ts';

const services = [{ name: 'customer', parts }];
const path = '/api/customers';

test('what is seeded is found, what is unknown is not, and a bad id is refused', async (t) => {
  const service = (await testSystem(t, services)).get('customer');
  const get = (id: string) => fetch(`${service?.url}${path}/${encodeURIComponent(id)}`);

  assert.equal((await get('1')).status, 200);
  assert.equal((await get('nobody')).status, 404);
  assert.equal((await get('not an id')).status, 400);
});

test('what is created is listed, and a repeated request creates nothing more', async (t) => {
  const service = (await testSystem(t, services)).get('customer');
  const create = async () => {
    const response = await fetch(`${service?.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'a-key' },
      body: JSON.stringify({ name: 'Fourth' }),
    });
    assert.equal(response.status, 201);
    return response.json();
  };

  assert.deepEqual(await create(), await create());
  const { items } = (await (await fetch(`${service?.url}${path}?limit=100`)).json()) as { items: unknown[] };
  assert.equal(items.length, 4);
});
