import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testSystem } from '@app/chassis/testing';
import { parts } from '../src/parts.ts';

const json = { 'content-type': 'application/json' };

test('a seeded user is found, an unknown one is not, and a bad id is refused', async (t) => {
  const user = (await testSystem(t, [{ name: 'user', parts }])).get('user');

  const found = await fetch(`${user?.url}/api/users/1`);
  assert.equal(found.status, 200);
  assert.deepEqual(await found.json(), { id: '1', name: 'Ada Lovelace', email: 'ada@example.com' });

  const unknown = await fetch(`${user?.url}/api/users/nobody`);
  assert.equal(unknown.status, 404);
  assert.equal(((await unknown.json()) as { error: string }).error, 'User not found');

  assert.equal((await fetch(`${user?.url}/api/users/${encodeURIComponent('not an id')}`)).status, 400);
});

test('a created user is listed; repeated under its key it is the same one; its address is taken', async (t) => {
  const user = (await testSystem(t, [{ name: 'user', parts }])).get('user');
  const create = (key: string) =>
    fetch(`${user?.url}/api/users`, {
      method: 'POST',
      headers: { ...json, 'idempotency-key': key },
      body: JSON.stringify({ name: 'Alan Turing', email: 'alan@example.com' }),
    });

  const created = await create('first');
  assert.equal(created.status, 201);
  const body = await created.json();
  assert.deepEqual(await (await create('first')).json(), body);
  assert.equal((await create('second')).status, 409);

  const { users } = (await (await fetch(`${user?.url}/api/users?limit=100`)).json()) as { users: unknown[] };
  assert.equal(users.length, 4);
});
