import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { networkInterfaces } from 'node:os';
import { type TestContext, test } from 'node:test';
import { openDatabase } from '@app/chassis/database';
import {
  type Health,
  type Part,
  type Presence,
  type RunningPart,
  startService,
} from '@app/chassis/lifecycle';
import { testDatabase, until } from '@app/chassis/testing';

const part = (name: string, running: RunningPart = {}): Part => ({ name, start: async () => running });

async function started(t: TestContext, parts: readonly Part[], env: Record<string, string> = {}) {
  const db = await testDatabase(t, { folders: [] });
  const service = await startService({
    name: 'alpha',
    parts,
    env: { DATABASE_URL: db.url, PORT: '0', LOG_LEVEL: 'error', LOG_FORMAT: 'json', ...env },
  });
  return { ...service, db, url: `http://127.0.0.1:${service.port}` };
}

const page = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test('a service without an API has health and metrics, and nothing else', async (t) => {
  const { url, stop } = await started(t, []);
  try {
    assert.deepEqual(await page(`${url}/livez`), { status: 200, body: { status: 'alive' } });
    assert.deepEqual(await page(`${url}/readyz`), {
      status: 200,
      body: { status: 'ready', checks: { database: { status: 'up' } } },
    });
    assert.match(await (await fetch(`${url}/metrics`)).text(), /process_cpu_seconds_total/);
    assert.deepEqual((await page(`${url}/api/x`)).body.error, 'No such resource');
  } finally {
    await stop();
  }
});

const outside = Object.values(networkInterfaces())
  .flat()
  .find((face) => face?.family === 'IPv4' && !face.internal)?.address;

test('only this machine is let in, in production everyone', { skip: !outside && 'no network' }, async (t) => {
  const answers = async (env: Record<string, string>) => {
    const { port, stop } = await started(t, [], env);
    const answer = fetch(`http://${outside}:${port}/livez`);
    const ok = await answer.then(
      (response) => response.ok,
      () => false,
    );
    await stop();
    return ok;
  };
  assert.equal(await answers({}), false);
  assert.equal(await answers({ NODE_ENV: 'production', SHUTDOWN_DELAY: '0ms' }), true);
  assert.equal(await answers({ BIND_ADDRESS: outside ?? '' }), true);
});

test('a degraded part is told in the body, one that is down makes the service unready', async (t) => {
  let health: Health = { status: 'degraded', reason: 'too few' };
  const { url, stop } = await started(t, [part('workers', { health: () => health })]);
  try {
    const degraded = await page(`${url}/readyz`);
    assert.equal(degraded.status, 200);
    assert.equal(degraded.body.status, 'degraded');
    assert.deepEqual((degraded.body.checks as Record<string, Health>).workers, health);
    health = { status: 'down' };
    assert.equal((await page(`${url}/readyz`)).status, 503);
    assert.equal((await page(`${url}/livez`)).status, 200);
  } finally {
    await stop();
  }
});

test('a database that is away makes the service unready, not dead', async (t) => {
  const { url, stop, db } = await started(t, []);
  const admin = openDatabase({ url: process.env.TEST_DATABASE_URL ?? '', max: 1 });
  try {
    const name = new URL(db.url).pathname.slice(1);
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    const { status, body } = await page(`${url}/readyz`);
    assert.equal(status, 503);
    assert.deepEqual(body.checks, { database: { status: 'down', reason: 'no answer' } });
    assert.equal((await page(`${url}/livez`)).status, 200);
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await until(async () => (await fetch(`${url}/readyz`)).ok, { limitMs: 60_000, what: 'ready again' });
  } finally {
    await admin.close();
    await stop();
  }
});

test('a loop that no longer turns makes the process dead', async (t) => {
  const { url, stop } = await started(t, [part('workers', { stalled: () => 'relay' })]);
  try {
    const { status, body } = await page(`${url}/livez`);
    assert.deepEqual(
      { status, body },
      { status: 503, body: { status: 'stalled', stalled: ['workers: relay'] } },
    );
  } finally {
    await stop();
  }
});

test('while too much waits to be worked off, writes are refused and reads are served', async (t) => {
  const api = part('api', { listener: (_request, response) => void response.end('served') });
  const busy = part('workers', { overloaded: () => ({ retryAfter: 3 }) });
  const { url, stop } = await started(t, [api, busy]);
  try {
    const write = await fetch(url, { method: 'POST' });
    assert.deepEqual([write.status, write.headers.get('retry-after')], [503, '3']);
    assert.equal(await (await fetch(url)).text(), 'served');
  } finally {
    await stop();
  }
});

test('once all parts have started, they learn where requests come in and whether to be sent any', async (t) => {
  let presence: Presence | undefined;
  let health: Health = { status: 'up' };
  const registration = part('registration', {
    health: () => ({ status: 'down', reason: 'nobody knows this instance yet' }),
    join: (told) => {
      presence = told;
    },
  });
  const grpc = part('grpc', { edge: { scheme: 'grpc', port: 50_051 }, health: () => health });
  const { port, url, stop } = await started(t, [registration, grpc]);
  try {
    assert.deepEqual(presence?.edges, [
      { scheme: 'http', port },
      { scheme: 'grpc', port: 50_051 },
    ]);
    assert.equal(await presence.ready(), true, 'it does not wait for itself');
    assert.equal((await page(`${url}/readyz`)).status, 503, 'all others do');
    health = { status: 'down' };
    assert.equal(await presence.ready(), false);
    health = { status: 'up' };
  } finally {
    await stop();
  }
  assert.equal(await presence.ready(), false, 'one that has stopped is sent nothing');
});

test('parts stop in the reverse order, step by step, even if one fails', async (t) => {
  const steps: string[] = [];
  const noted = (name: string): Part => {
    const note = (step: string) => async () => void steps.push(`${name} ${step}`);
    return part(name, { leave: note('leave'), drain: note('drain'), stop: note('stop') });
  };
  const failing = part('failing', { drain: () => Promise.reject(new Error('no luck')) });
  const { stop } = await started(t, [noted('a'), failing, noted('b')], { LOG_LEVEL: 'error' });
  await stop();
  assert.deepEqual(steps, ['b leave', 'a leave', 'b drain', 'a drain', 'b stop', 'a stop']);
});

test('a part that cannot start stops the others and fails the start', async (t) => {
  const steps: string[] = [];
  const first = part('first', { stop: async () => void steps.push('first stopped') });
  const second: Part = { name: 'second', start: () => Promise.reject(new Error('no luck')) };
  await assert.rejects(started(t, [first, second]), /no luck/);
  assert.deepEqual(steps, ['first stopped']);
});

test('draining: unready at once, requests served on for the delay, those in hand finished', async (t) => {
  let answer = () => {};
  const api = part('api', {
    listener: (request, response) => {
      if (request.url === '/slow') answer = () => response.end('done');
      else response.end('served');
    },
  });
  const { url, stop } = await started(t, [api], { SHUTDOWN_DELAY: '300ms' });
  const agent = new Agent({ keepAlive: true });
  const slow = new Promise<string>((resolve, reject) => {
    get(`${url}/slow`, { agent }, async (response) => resolve(String(await response.toArray()))).on(
      'error',
      reject,
    );
  });
  await until(() => Object.keys(agent.sockets).length, { limitMs: 60_000, what: 'connected' });
  await fetch(url);

  const stopped = stop();
  const ready = await page(`${url}/readyz`);
  assert.deepEqual([ready.status, ready.body.status], [503, 'draining']);
  const during = await fetch(url);
  assert.deepEqual([await during.text(), during.headers.get('connection')], ['served', 'close']);
  await until(
    () =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    { limitMs: 60_000, what: 'closed to new requests' },
  );
  answer();
  assert.equal(await slow, 'done');
  await stopped;
  agent.destroy();
});
