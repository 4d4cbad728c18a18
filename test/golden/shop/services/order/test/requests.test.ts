import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breaker } from '@app/chassis/breaker';
import { http, rest } from '@app/chassis/http';
import { calls, client } from '@app/chassis/rpc';
import { type TestedService, testSystem, until } from '@app/chassis/testing';
import { UserApi } from '@app/contracts/user';
import { parts as inventory } from '../../inventory/src/parts.ts';
import { parts as payment } from '../../payment/src/parts.ts';
import { parts as user } from '../../user/src/parts.ts';
import { parts } from '../src/parts.ts';
import { orders } from '../src/routes.ts';

const post = (url: string | undefined) =>
  fetch(`${url}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"userId":"1","item":"widget"}',
  });

test('an order is accepted, and Location is where it is found', async (t) => {
  const services = [
    { name: 'user', parts: user },
    { name: 'inventory', parts: inventory },
    { name: 'payment', parts: payment },
    { name: 'order', parts },
  ];
  const url = (await testSystem(t, services)).get('order')?.http;

  const accepted = await post(url);
  assert.equal(accepted.status, 202);
  const { id } = (await accepted.json()) as { id: string };
  const location = new URL(accepted.headers.get('location') ?? '', url);
  const found = async () => (await (await fetch(location)).json()) as { id: string; status: string };
  assert.equal((await found()).id, id);
  await until(async () => (await found()).status !== 'PENDING', { limitMs: 20_000, what: 'it is settled' });
});

test('while the user service is away an order is refused with 503, and after some with a time to wait', async (t) => {
  const resetTimeout = '30s';
  const users = client(UserApi, {
    protocol: rest(),
    deadline: '5s',
    breaker: breaker({ threshold: 5, resetTimeout }),
  });
  const alone: TestedService = {
    name: 'order',
    parts: [calls([users]), http({ routes: [orders({ users })] })],
    env: { USER_URL: 'http://127.0.0.1:1' },
  };
  const order = (await testSystem(t, [alone])).get('order');

  for (let asked = 0; asked < 5; asked++) assert.equal((await post(order?.http)).status, 503);
  const refused = await post(order?.http);
  assert.equal(refused.status, 503);
  const seconds = Number(refused.headers.get('retry-after'));
  assert.ok(seconds > 20 && seconds <= 33, `${seconds} s`);
  assert.equal((await order?.db.query('SELECT FROM orders'))?.rowCount, 0);
});
