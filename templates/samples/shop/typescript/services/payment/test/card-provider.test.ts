import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { providerAt } from '../src/card-provider.ts';

/** A provider that gives this answer to everything, and what it was asked. */
async function providerThat(t: TestContext, answer: { status: number; body?: string }) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    request.resume();
    response.writeHead(answer.status).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const provider = providerAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`);
  const request = { idempotencyKey: 'k', reference: 'o', signal: AbortSignal.timeout(5_000) };
  return {
    asked,
    authorize: () =>
      provider.authorize({ ...request, price: { amount: 1, currency: 'EUR' }, cardToken: 'tok' }),
    void: () => provider.void(request),
  };
}

test('an authorization is what the provider says, and it is asked below its own path', async (t) => {
  const approving = await providerThat(t, { status: 200, body: '{"approved":true}' });
  assert.deepEqual(await approving.authorize(), { approved: true });
  assert.deepEqual(approving.asked, ['/api/authorizations']);
  const declining = await providerThat(t, { status: 200, body: '{"approved":false,"reason":"stolen"}' });
  assert.deepEqual(await declining.authorize(), { approved: false, reason: 'stolen' });
  const refusing = await providerThat(t, { status: 422 });
  assert.deepEqual(await refusing.authorize(), { approved: false, reason: 'refused with 422' });
});

test('what is no outcome is an error: the card may have been charged', async (t) => {
  for (const answer of [
    { status: 200, body: '{"status":"authorized"}' },
    { status: 200, body: 'It works!' },
    { status: 404 },
    { status: 503 },
  ]) {
    const { authorize } = await providerThat(t, answer);
    await assert.rejects(authorize(), JSON.stringify(answer));
  }
});

test('a void needs no words, but a status', async (t) => {
  await (await providerThat(t, { status: 204 })).void();
  await assert.rejects((await providerThat(t, { status: 500 })).void(), /answered 500/);
});
