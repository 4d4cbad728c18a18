import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edge } from '@app/chassis/edge';
import { testSystem } from '@app/chassis/testing';
import { UserApi } from '@app/contracts/user';
import { parts } from '../src/parts.ts';

const services = [{ name: 'user', parts }];

test('a seeded user is found, an unknown one is not, and a bad id is refused', async (t) => {
  const users = edge((await testSystem(t, services)).get('user')?.url, UserApi);

  assert.deepEqual(await users.getUser({ id: '1' }), {
    id: '1',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
  });
  await assert.rejects(users.getUser({ id: 'nobody' }), { code: 'NotFound', message: 'User not found' });
  await assert.rejects(users.getUser({ id: 'not an id' }), { code: 'InvalidArgument' });
});

test('a created user is listed; repeated under its key it is the same one; its address is taken', async (t) => {
  const users = edge((await testSystem(t, services)).get('user')?.url, UserApi);
  const create = (idempotencyKey: string) =>
    users.createUser({ name: 'Alan Turing', email: 'alan@example.com' }, { idempotencyKey });

  const created = await create('first');
  assert.deepEqual(await create('first'), created);
  await assert.rejects(create('second'), { code: 'Conflict' });
  assert.equal((await users.listUsers({ limit: 100 })).users.length, 4);
});
