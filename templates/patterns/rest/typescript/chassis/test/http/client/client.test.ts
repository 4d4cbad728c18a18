import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../src/errors/index.ts';
import { rest } from '../../../src/http/index.ts';
import { calls, client } from '../../../src/rpc/index.ts';
import { withSpan } from '../../../src/telemetry/index.ts';
import { answerOne, hostFor, ItemApi, json, listen, start } from './items.ts';

test('sends path parameters, query and body, and gets typed answers', async (t) => {
  const server = await listen(t);
  const { items, context } = await start(t, server.url);
  const item = await items.getItem({ id: 'a/b ?' }, context);
  assert.equal(item.name, 'One');
  server.respond = (_request, response) => json(response, 200, []);
  await items.listItems({ limit: 2, tag: ['x', 'y&z'] }, context);
  server.respond = (request, response) =>
    json(response, 201, { id: '2', name: JSON.parse(request.body).name });
  assert.deepEqual(await items.createItem({ name: 'Zwölf' }, context), { id: '2', name: 'Zwölf' });
  server.respond = (request, response) => json(response, 200, { id: '3', name: request.body });
  assert.equal((await items.renameItem({ id: '3', name: 'n' }, context)).name, '{"name":"n"}');
  assert.deepEqual(server.requests, [
    'GET /api/items/a%2Fb%20%3F',
    'GET /api/items?limit=2&tag=x&tag=y%26z',
    'POST /api/items',
    'PUT /api/items/3',
  ]);
});

test('an address with a path is put before the path of the operation', async (t) => {
  const server = await listen(t);
  const { items, context } = await start(t, `${server.url}/inner/`);
  await items.getItem({ id: '1' }, context);
  assert.deepEqual(server.requests, ['GET /inner/api/items/1']);
});

test('an empty path parameter is refused: it would address the list', async (t) => {
  const server = await listen(t);
  const { items, context } = await start(t, server.url);
  await assert.rejects(items.getItem({ id: '' }, context), { code: 'InvalidArgument' });
  assert.equal(server.requests.length, 0);
});

test('fields that the contract does not know are dropped; an answer that breaks it is an error', async (t) => {
  const server = await listen(t, (_request, response) =>
    json(response, 200, { id: '1', name: 'x', more: true }),
  );
  const { items, context } = await start(t, server.url);
  assert.deepEqual(await items.getItem({ id: '1' }, context), { id: '1', name: 'x' });
  server.respond = (_request, response) => json(response, 200, { id: 1 });
  await assert.rejects(items.getItem({ id: '1' }, context), { code: 'Internal' });
  server.respond = (_request, response) => void response.end('<html>');
  await assert.rejects(items.getItem({ id: '1' }, context), { code: 'Internal' });
});

for (const [status, code] of [
  [400, 'InvalidArgument'],
  [403, 'Internal'],
  [404, 'NotFound'],
  [409, 'Conflict'],
  [422, 'Unprocessable'],
  [429, 'Unavailable'],
  [500, 'Internal'],
  [502, 'Unavailable'],
  [503, 'Unavailable'],
  [504, 'DeadlineExceeded'],
] as const) {
  test(`a ${status} is ${code}, with the text of the problem`, async (t) => {
    const problem = {
      title: 'Bad',
      status,
      detail: 'Item not found',
      errors: [{ path: 'id', message: 'bad' }],
    };
    const server = await listen(t, (_request, response) =>
      json(response, status, problem, { 'retry-after': '7' }),
    );
    const { items, context } = await start(t, server.url);
    await assert.rejects(items.getItem({ id: '1' }, context), (error) => {
      assert.ok(error instanceof ServiceError);
      assert.equal(error.code, code);
      assert.equal(error.message, 'Item not found');
      assert.equal(error.retryAfter, 7);
      assert.deepEqual(error.details, problem.errors);
      return true;
    });
  });
}

test('an error page of a proxy is told by its status', async (t) => {
  const server = await listen(
    t,
    (_request, response) => void response.writeHead(503).end('<html>busy</html>'),
  );
  const { items, context } = await start(t, server.url);
  const expected = { code: 'Unavailable', message: 'item.getItem answered 503', retryAfter: undefined };
  await assert.rejects(items.getItem({ id: '1' }, context), expected);
});

test('an answer over 1 MB is refused while it is being read', async (t) => {
  const server = await listen(t, (_request, response) => {
    response.writeHead(200).write('x'.repeat(1024 * 1024 + 1));
  });
  const { items, context } = await start(t, server.url);
  await assert.rejects(items.getItem({ id: '1' }, context), {
    code: 'Internal',
    message: /exceeds 1048576 bytes/,
  });
});

test('calls share one connection, which stop closes', async (t) => {
  const server = await listen(t);
  const items = client(ItemApi, { protocol: rest(), deadline: '5s' });
  const host = hostFor({ ITEM_URL: server.url });
  const running = await calls([items]).start(host);
  let closed: Promise<unknown> | undefined;
  server.respond = (request, response) => {
    closed ??= new Promise((resolve) => request.socket.once('close', resolve));
    answerOne(request, response);
  };
  for (let n = 0; n < 10; n++) await items.getItem({ id: '1' }, { log: host.log });
  assert.equal(server.connections, 1);
  const startedAt = performance.now();
  await running.stop?.();
  await closed;
  assert.ok(performance.now() - startedAt < 1_000, 'it was closed when it had idled long enough');
});

test('a call is in the trace of the work that it is part of', async (t) => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  let sent: unknown;
  const server = await listen(t, (request, response) => {
    sent = request.headers.traceparent;
    answerOne(request, response);
  });
  const { items, context } = await start(t, server.url);
  const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
  await withSpan('work', { traceparent }, () => items.getItem({ id: '1' }, context));
  assert.match(String(sent), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
});

test('a call is measured with its result', async (t) => {
  const server = await listen(t);
  const { items, context, records } = await start(t, server.url);
  await items.getItem({ id: '1' }, context);
  server.respond = (_request, response) => json(response, 404, {});
  await assert.rejects(items.getItem({ id: '1' }, context));
  const labels = (result: string) => ({ dependency: 'item', operation: 'getItem', result });
  assert.deepEqual(
    records.observed.map((one) => one.labels),
    [labels('ok'), labels('NotFound')],
  );
});
