import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOne, breakOff, deadAddress, hang, inTurn, json, listen, start } from './items.ts';

const twice = { retry: { attempts: 2 } };

test('a dependency that breaks every connection gets two calls for two attempts', async (t) => {
  const server = await listen(t, breakOff);
  const { items, context, records } = await start(t, server.url, twice);
  await assert.rejects(items.getItem({ id: '1' }, context), { code: 'Unavailable' });
  assert.equal(server.requests.length, 2);
  assert.deepEqual(
    records.logs.map(({ level, message }) => [level, message]),
    [['warn', 'call is repeated']],
  );
});

test('a dependency that never answers gets two calls for two attempts, within the deadline', async (t) => {
  const server = await listen(t, hang);
  const { items, context } = await start(t, server.url, { ...twice, deadline: '200ms' });
  const startedAt = performance.now();
  await assert.rejects(items.getItem({ id: '1' }, context), { code: 'DeadlineExceeded' });
  const took = performance.now() - startedAt;
  assert.ok(server.requests.length <= 2, `${server.requests.length} calls`);
  assert.ok(took < 300, `took ${took} ms`);
});

for (const status of [502, 503, 504]) {
  test(`a ${status} is tried again, and the second answer is what the caller gets`, async (t) => {
    const server = await listen(t, (_request, response) => {
      server.respond = answerOne;
      json(response, status, {});
    });
    const { items, context } = await start(t, server.url, twice);
    assert.equal((await items.getItem({ id: '1' }, context)).id, '1');
    assert.equal(server.requests.length, 2);
  });
}

for (const status of [400, 404, 409, 429, 500]) {
  test(`a ${status} is not tried again`, async (t) => {
    const server = await listen(t, (_request, response) => json(response, status, {}));
    const { items, context } = await start(t, server.url, twice);
    await assert.rejects(items.getItem({ id: '1' }, context));
    assert.equal(server.requests.length, 1);
  });
}

for (const [what, respond] of [
  ['reset', breakOff],
  ['slow', hang],
] as const) {
  test(`a POST that was sent and ${what} is never sent twice`, async (t) => {
    const server = await listen(t, respond);
    const { items, context } = await start(t, server.url, { ...twice, deadline: '2s' });
    await assert.rejects(items.createItem({ name: 'x' }, context));
    assert.equal(server.requests.length, 1);
  });
}

test('a POST answered with 503 is not sent twice', async (t) => {
  const server = await listen(t, (_request, response) => json(response, 503, {}));
  const { items, context } = await start(t, server.url, twice);
  await assert.rejects(items.createItem({ name: 'x' }, context), { code: 'Unavailable' });
  assert.equal(server.requests.length, 1);
});

test('an operation that is declared idempotent is tried again', async (t) => {
  const server = await listen(t, (request, response) => {
    server.respond = answerOne;
    breakOff(request, response);
  });
  const { items, context } = await start(t, server.url, twice);
  await items.renameItem({ id: '1', name: 'x' }, context);
  assert.deepEqual(server.requests, ['PUT /api/items/1', 'PUT /api/items/1']);
});

test('a POST goes to the next endpoint when the first refused the connection: nothing was sent', async (t) => {
  const server = await listen(t);
  const { items, context } = await start(t, '', {
    ...twice,
    resolver: inTurn(await deadAddress(), server.url),
  });
  assert.equal((await items.createItem({ name: 'x' }, context)).id, '1');
  assert.equal(server.requests.length, 1);
});

test('a connection closed while idle: a GET is repeated, a POST is not', async (t) => {
  const server = await listen(t);
  const { items, context } = await start(t, server.url, twice);
  await items.getItem({ id: '1' }, context);
  const closeOnce: typeof breakOff = (request, response) => {
    server.respond = answerOne;
    breakOff(request, response);
  };
  server.respond = closeOnce;
  await items.getItem({ id: '2' }, context);
  server.respond = closeOnce;
  await assert.rejects(items.createItem({ name: 'x' }, context), { code: 'Unavailable' });
  assert.deepEqual(server.requests.slice(1), ['GET /api/items/2', 'GET /api/items/2', 'POST /api/items']);
  assert.equal(server.connections, 2);
});

test('a dependency that wants to be left alone for longer than the deadline is not tried again', async (t) => {
  const server = await listen(t, (_request, response) => json(response, 503, {}, { 'retry-after': '30' }));
  const { items, context } = await start(t, server.url, twice);
  await assert.rejects(items.getItem({ id: '1' }, context), { code: 'Unavailable', retryAfter: 30 });
  assert.equal(server.requests.length, 1);
});

test('a caller that gives up while a retry waits gets no second call', async (t) => {
  const server = await listen(t, (_request, response) => json(response, 503, {}, { 'retry-after': '2' }));
  const { items, context, records } = await start(t, server.url, twice);
  const caller = new AbortController();
  const warn = context.log.warn;
  context.log.warn = (fields, message) => {
    warn(fields, message);
    caller.abort();
  };
  const startedAt = performance.now();
  await assert.rejects(items.getItem({ id: '1' }, { ...context, signal: caller.signal }), {
    code: 'Unavailable',
  });
  assert.ok(performance.now() - startedAt < 1_000, 'it waited for the retry');
  assert.equal(records.logs.length, 1);
  assert.equal(server.requests.length, 1);
});

test('a hundred calls of a dead dependency make at most twenty retries', async (t) => {
  const server = await listen(t, breakOff);
  const { items, context } = await start(t, server.url, twice);
  await Promise.allSettled(Array.from({ length: 100 }, () => items.getItem({ id: '1' }, context)));
  assert.ok(
    server.requests.length > 100 && server.requests.length <= 120,
    `${server.requests.length} requests`,
  );
});
