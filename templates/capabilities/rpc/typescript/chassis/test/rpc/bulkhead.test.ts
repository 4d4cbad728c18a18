import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOne, listen, type Respond, start, until } from './fixture.ts';

test('calls over the limit are refused at once and not retried; the others go on', async (t) => {
  const held: (() => void)[] = [];
  const hold: Respond = (request, response) => void held.push(() => answerOne(request, response));
  const server = await listen(t, hold);
  const { items, context } = await start(t, server.url, { concurrency: 2, retry: { attempts: 3 } });
  const get = () => items.getItem({ id: '1' }, context);
  const first = [get(), get()];
  await until(() => held.length === 2, 'two calls are in flight');
  await assert.rejects(get(), {
    code: 'Unavailable',
    message: /2 calls are in flight already/,
    retryAfter: 1,
  });
  for (const release of held) release();
  assert.equal((await Promise.all(first)).length, 2);
  server.respond = answerOne;
  await get();
  assert.equal(server.requests.length, 3);
});
