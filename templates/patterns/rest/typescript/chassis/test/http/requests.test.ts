import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import type { RequestContext } from '@app/chassis/contract';
import { ServiceError, unavailable } from '@app/chassis/errors';
import { currentTraceparent } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { notes } from './notes.ts';
import { post, serving } from './serve.ts';

const problem = async (response: Response) => {
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const { status, error, title, type } = (await response.json()) as Record<string, unknown>;
  assert.equal(status, response.status);
  assert.ok(title && type);
  return { status, error };
};

test('an operation answers with its output, without what the contract does not name', (t) =>
  serving(t, { routes: [notes()] }, async ({ url, db }) => {
    await db.query(`INSERT INTO note (text) VALUES ('first'), ('second')`);

    const one = await fetch(`${url}/api/notes/2`);
    assert.equal(one.status, 200);
    assert.match(one.headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(await one.json(), { id: '2', text: 'second' });
    const head = await fetch(`${url}/api/notes/2`, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);

    const list = await fetch(`${url}/api/notes?limit=1`);
    assert.deepEqual(await list.json(), { notes: [{ id: '1', text: 'first' }] });
  }));

test('what is missing, wrong or not allowed is a problem document', (t) =>
  serving(t, { routes: [notes()] }, async ({ url }) => {
    const get = async (path: string) => problem(await fetch(url + path));
    assert.deepEqual(await get('/api/notes/7'), { status: 404, error: 'Note not found' });
    assert.deepEqual(await get('/api/nothing'), { status: 404, error: 'No such resource' });
    assert.deepEqual(await get('/api/notes/a%20b'), { status: 400, error: 'Invalid input' });
    assert.deepEqual(await get('/api/notes/%zz'), { status: 400, error: 'Bad Request' });

    const wrong = await fetch(`${url}/api/notes?limit=0`);
    const { errors } = (await wrong.json()) as { errors: { path: string; message: string }[] };
    assert.deepEqual([wrong.status, errors.length, errors[0]?.path], [400, 1, 'limit']);

    const method = await fetch(`${url}/api/notes/7`, { method: 'DELETE' });
    assert.equal(method.headers.get('allow'), 'GET, PUT, HEAD');
    assert.deepEqual(await problem(method), { status: 405, error: 'Method not allowed' });
  }));

test('a body that is malformed, too large, not an object or not JSON is refused', (t) =>
  serving(t, { routes: [notes()] }, async ({ url, db }) => {
    const send = async (body: unknown) => problem(await post(`${url}/api/notes`, body));
    assert.deepEqual(await send('{"text":'), { status: 400, error: 'The body is not valid JSON' });
    assert.deepEqual(await send([1]), { status: 400, error: 'The body is not a JSON object' });
    assert.deepEqual(await send({}), { status: 400, error: 'Invalid input' });
    const large = { text: 'x'.repeat(100 * 1024) };
    assert.deepEqual(await send(large), { status: 413, error: 'The body is larger than 100 KB' });
    const text = await fetch(`${url}/api/notes`, { method: 'POST', body: 'text' });
    assert.deepEqual(await problem(text), { status: 415, error: 'Unsupported Media Type' });
    assert.equal((await db.query('SELECT 1 FROM note')).rowCount, 0);
  }));

test('text with a NUL character is a wrong input, wherever it is', (t) =>
  serving(t, { routes: [notes()] }, async ({ url, db }) => {
    const response = await post(`${url}/api/notes`, { text: 'a\0b' });
    const { status, errors } = (await response.json()) as { status: number; errors: unknown };
    assert.deepEqual([status, errors], [400, [{ path: 'text', message: 'has a NUL character' }]]);
    assert.equal((await db.query('SELECT 1 FROM note')).rowCount, 0);
  }));

test('what a body may say no query says for it: queries are logged', (t) =>
  serving(t, { routes: [notes()] }, async ({ url, db }) => {
    const response = await post(`${url}/api/notes?text=secret`, {});
    assert.deepEqual(await problem(response), { status: 400, error: 'Invalid input' });
    assert.equal((await db.query('SELECT 1 FROM note')).rowCount, 0);
  }));

test('the path says what is addressed, whatever query and body say', (t) =>
  serving(t, { routes: [notes()] }, async ({ url, db }) => {
    await db.query(`INSERT INTO note (text) VALUES ('first'), ('second')`);
    const response = await fetch(`${url}/api/notes/1?id=2`);
    assert.equal(((await response.json()) as { id: string }).id, '1');
  }));

test('a failure inside is 500 and says nothing of itself', (t) =>
  serving(t, { routes: [notes()], env: { LOG_LEVEL: 'error' } }, async ({ url, db }) => {
    const invalidOutput = await fetch(`${url}/api/notes/1`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"new"}',
    });
    assert.deepEqual(await problem(invalidOutput), { status: 500, error: 'Internal server error' });
    await db.query('DROP TABLE note');
    assert.deepEqual(await problem(await fetch(`${url}/api/notes/1`)), {
      status: 500,
      error: 'Internal server error',
    });
  }));

test('a dependency that is unavailable is 503 with the time to wait, and its name stays inside', (t) => {
  const reading = () => Promise.reject(unavailable('the ledger at 10.0.0.1 is down', 7));
  return serving(t, { routes: [notes({ reading })] }, async ({ url }) => {
    const response = await fetch(`${url}/api/notes/1`);
    assert.equal(response.headers.get('retry-after'), '7');
    assert.deepEqual(await problem(response), { status: 503, error: 'Service unavailable' });
  });
});

test('the deadline of the request reaches the handler, and one that has passed never does', (t) => {
  let calls = 0;
  const reading = (signal: AbortSignal) => {
    calls++;
    return new Promise<void>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason)),
    );
  };
  return serving(t, { routes: [notes({ reading })] }, async ({ url }) => {
    for (const remaining of ['0', '50']) {
      const headers = { 'x-request-deadline-ms': remaining };
      const response = await fetch(`${url}/api/notes/1`, { headers });
      assert.deepEqual(await problem(response), { status: 504, error: 'Deadline exceeded' });
    }
    assert.equal(calls, 1);
  });
});

test('a handler works in the trace of its request', (t) => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  let current: string | undefined;
  const reading = async () => {
    current = currentTraceparent();
  };
  return serving(t, { routes: [notes({ reading })] }, async ({ url }) => {
    await fetch(`${url}/api/notes/1`, { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
    assert.equal(current?.slice(3, 35), trace);
  });
});

test('a handler is told that its client has gone away', (t) => {
  let entered = false;
  let reason: unknown;
  const reading = (signal: AbortSignal) => {
    entered = true;
    return new Promise<void>((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        reason = signal.reason;
        reject(reason);
      }),
    );
  };
  return serving(t, { routes: [notes({ reading })] }, async ({ url }) => {
    const client = request(`${url}/api/notes/1`).on('error', () => {});
    client.end();
    await until(() => entered, { limitMs: 60_000, what: 'the handler runs' });
    client.destroy();
    await until(() => reason !== undefined, { limitMs: 60_000, what: 'the handler is told' });
    // One that the log takes for what may happen.
    assert.ok(reason instanceof ServiceError);
  });
});

test('requests are measured by the template of their route', (t) =>
  serving(t, { routes: [notes()] }, async ({ url }) => {
    await fetch(`${url}/api/notes/7`);
    await fetch(`${url}/api/notes/8`);
    await fetch(`${url}/api/nothing`);
    const text = await (await fetch(`${url}/metrics`)).text();
    const count = (labels: string) => `http_request_duration_seconds_count{${labels}} `;
    assert.ok(text.includes(`${count('method="GET",route="/api/notes/:id",status="404"')}2\n`), text);
    assert.ok(text.includes(`${count('method="GET",route="none",status="404"')}1\n`));
  }));

test('beyond the rate limit an address gets 429, but health always answers', (t) =>
  serving(t, { routes: [notes()], env: { RATE_LIMIT: '2' } }, async ({ url }) => {
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await fetch(`${url}/api/notes`)).status);
    assert.deepEqual(statuses, [200, 200, 429]);
    const refused = await fetch(`${url}/api/notes`);
    assert.equal(refused.headers.get('retry-after'), '60');
    assert.deepEqual(await problem(refused), { status: 429, error: 'Too many requests' });
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
  }));

test('proxies that cannot be read end it at start, with the name of the variable', async (t) => {
  for (const TRUST_PROXY of ['banana', '1']) {
    const serve = serving(t, { routes: [notes()], env: { TRUST_PROXY } }, async () => {});
    await assert.rejects(serve, /TRUST_PROXY is wrong: write addresses/);
  }
});

test('what runs before the operations may refuse a request', (t) => {
  const calm = unavailable('not now');
  return serving(t, { routes: [notes()], before: [(_req, _res, next) => next(calm)] }, async ({ url }) => {
    assert.deepEqual(await problem(await fetch(`${url}/api/notes`)), {
      status: 503,
      error: 'Service unavailable',
    });
  });
});

test('what wraps a handler can spread its context', (t) => {
  const wrapped = notes({ reading: async (signal) => assert.equal(signal.aborted, false) });
  const spread = Object.entries(wrapped.handlers).map(([name, handler]) => [
    name,
    (input: unknown, context: RequestContext) => handler(input, { ...context }),
  ]);
  const routes = [{ api: wrapped.api, handlers: Object.fromEntries(spread) }];
  return serving(t, { routes }, async ({ url }) => {
    assert.equal((await post(`${url}/api/notes`, { text: 'first' }, 'k1')).status, 202);
    assert.equal((await fetch(`${url}/api/notes/1`)).status, 200);
  });
});
