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

test('a registry that is away keeps nobody from starting and stopping', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const away = new URL(db.url);
  away.pathname = '/nowhere';
  const env = { ...settings(db.url, away.href), ADVERTISE_HOST: 'alpha.example' };
  const service = await startService({ name: 'alpha', parts: [registration()], env });
  const page = async () => (await fetch(`http://127.0.0.1:${service.port}/readyz`)).text();
  await until(async () => /not listed in the registry: database .* does not exist/.test(await page()), {
    ...limits,
    what: 'the reason is told',
  });
  await service.stop();
});

test('a REGISTRY_URL that no registry speaks ends the start with its name', async () => {
  const env = settings('postgres://u@127.0.0.1:1/x', 'zookeeper://host');
  await assert.rejects(
    startService({ name: 'alpha', parts: [registration()], env }),
    /REGISTRY_URL is wrong: expected/,
  );
});
