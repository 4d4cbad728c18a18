import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Health, type Part, type RunningPart, startService } from '@app/chassis/lifecycle';
import { testDatabase, until } from '@app/chassis/testing';
import { registration } from '../../src/discovery/index.ts';

const part = (name: string, running: RunningPart): Part => ({ name, start: async () => running });
const limits = { limitMs: 10_000 };

const settings = (url: string, registryUrl = url) => ({
  DATABASE_URL: url,
  REGISTRY_URL: registryUrl,
  PORT: '0',
  LOG_LEVEL: 'error',
});

test('an instance is listed with all its edges once it is ready, and taken off before it takes no more', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  let health: Health = { status: 'down' };
  const listed = () =>
    db
      .query<{ urls: string[] }>('SELECT urls FROM instance WHERE service = $1', ['alpha'])
      .then(({ rows }) => rows);
  let whileDraining: unknown;
  const draining = part('draining', {
    edge: { scheme: 'grpc', port: 50_051 },
    health: () => health,
    drain: async () => {
      whileDraining = await listed();
    },
  });
  const service = await startService({
    name: 'alpha',
    parts: [draining, registration()],
    env: settings(db.url),
  });
  const page = async () =>
    (await fetch(`http://127.0.0.1:${service.port}/readyz`)).json() as Promise<unknown>;
  assert.match(JSON.stringify(await page()), /not listed in the registry: not ready yet/);
  health = { status: 'up' };
  await until(async () => (await listed()).length === 1, { ...limits, what: 'listed' });
  assert.deepEqual(await listed(), [
    { urls: [`http://127.0.0.1:${service.port}`, 'grpc://127.0.0.1:50051'] },
  ]);
  await until(async () => /"ready"/.test(JSON.stringify(await page())), {
    ...limits,
    what: 'nothing is degraded',
  });
  const metrics = async () => (await fetch(`http://127.0.0.1:${service.port}/metrics`)).text();
  assert.match(await metrics(), /^registry_listed 1$/m);
  health = { status: 'down' };
  await until(async () => /^registry_listed 0$/m.test(await metrics()), { ...limits, what: 'not renewed' });
  assert.match(JSON.stringify(await page()), /not listed in the registry: not ready/);
  health = { status: 'up' };
  await until(async () => /^registry_listed 1$/m.test(await metrics()), { ...limits, what: 'listed again' });
  await service.stop();
  assert.deepEqual(whileDraining, []);
});

test('an instance waits, not ready, for a registry that is away, and stays ready when that goes again', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const registry = await testDatabase(t, { folders: [] });
  const name = new URL(registry.url).pathname.slice(1);
  const open = (isOpen: boolean) => db.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isOpen}`);
  await open(false);
  const service = await startService({
    name: 'alpha',
    parts: [registration()],
    env: settings(db.url, registry.url),
  });
  const says = (status: number, text: RegExp) => async () => {
    const answer = await fetch(`http://127.0.0.1:${service.port}/readyz`);
    return text.test(await answer.text()) && answer.status === status;
  };
  try {
    const reason = /not listed in the registry: database .* is not currently accepting connections/;
    await until(says(503, reason), { ...limits, what: 'it is not ready and says for what it waits' });
    await open(true);
    await until(says(200, /"status":"ready"/), { ...limits, what: 'ready' });
    await open(false);
    await db.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    await until(says(200, reason), { ...limits, what: 'ready, and not renewed' });
  } finally {
    await open(true);
    await service.stop();
  }
});

test('an instance that was never listed stops as any other', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const away = new URL(db.url);
  away.pathname = '/nowhere';
  const env = settings(db.url, away.href);
  const service = await startService({ name: 'alpha', parts: [registration()], env });
  await service.stop();
});

test('a REGISTRY_URL that no registry speaks ends the start with its name', async () => {
  const env = settings('postgres://u@127.0.0.1:1/x', 'zookeeper://host');
  await assert.rejects(
    startService({ name: 'alpha', parts: [registration()], env }),
    /REGISTRY_URL is wrong: expected/,
  );
});

test('a host that fits into no URL is refused with its variable', async (t) => {
  const { url } = await testDatabase(t, { folders: [] });
  for (const host of ['fd00::5', 'http://alpha', 'alpha:80', 'a b']) {
    const env = { ...settings(url), ADVERTISE_HOST: host };
    const started = startService({ name: 'alpha', parts: [registration()], env });
    await assert.rejects(started, /ADVERTISE_HOST/, host);
  }
});
