import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edge } from '@app/chassis/edge';
import { testSystem } from '@app/chassis/testing';
import { CustomerApi } from '@app/contracts/customer';
import { parts } from '../src/parts.ts';

const services = [{ name: 'customer', parts }];

test('what is seeded is found, what is unknown is not, and a bad id is refused', async (t) => {
  const service = (await testSystem(t, services)).get('customer');
  const { getCustomer } = edge(service?.url, CustomerApi);

  assert.equal((await getCustomer({ id: '1' })).id, '1');
  await assert.rejects(getCustomer({ id: 'nobody' }), { code: 'NotFound' });
  await assert.rejects(getCustomer({ id: 'not an id' }), { code: 'InvalidArgument' });
});

test('what is created is listed, and a repeated request creates nothing more', async (t) => {
  const service = (await testSystem(t, services)).get('customer');
  const { createCustomer, listCustomers } = edge(service?.url, CustomerApi);
  const request = { name: 'Fourth' };
  const create = () => createCustomer(request, { idempotencyKey: 'a-key' });

  assert.deepEqual(await create(), await create());
  assert.equal((await listCustomers({ limit: 100 })).items.length, 4);
});
