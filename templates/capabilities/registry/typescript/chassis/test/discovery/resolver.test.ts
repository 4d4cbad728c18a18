import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '@app/chassis/lifecycle';
import { noMetrics, silentLogger } from '@app/chassis/telemetry';
import { testDatabase, until } from '@app/chassis/testing';
import { registered } from '../../src/discovery/index.ts';
import { postgresRegistry } from '../../src/discovery/postgres.ts';
import { newInstance } from './contract.ts';

const hostFor = (url: string) =>
  ({
    service: 'caller',
    env: { REGISTRY_URL: url },
    log: silentLogger,
    metrics: noMetrics,
  }) as unknown as Host;
const limits = { limitMs: 10_000 };

test('with the registry away from the start, the service is not ready and says for what it waits', async () => {
  const resolver = registered('alpha', ['http']);
  await resolver.start(hostFor('postgres://nobody@127.0.0.1:1/none'));
  await until(() => /waiting for the registry: .*ECONNREFUSED/.test(resolver.health?.().reason ?? ''), {
    ...limits,
    what: 'the reason is told',
  });
  assert.equal(resolver.health?.().status, 'down');
  assert.throws(() => resolver.pick([]), { code: 'Unavailable', retryAfter: 1 });
  await resolver.stop();
});

test('a known registry without the service is told; its addresses are those that the calls can use', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const instance = newInstance();
  const resolver = registered(instance.service, ['grpc', 'grpcs']);
  await resolver.start(hostFor(db.url));
  await until(() => resolver.health?.().status === 'degraded', { ...limits, what: 'an empty list came' });
  assert.match(resolver.health?.().reason ?? '', /no instance of alpha-\w+ is known/);
  const registry = postgresRegistry(db.url);
  await registry.announce(instance);
  await until(() => resolver.health?.().status === 'up', { ...limits, what: 'the instance is known' });
  assert.equal(resolver.pick([]).url.href, 'grpc://10.0.0.1:50051');
  await Promise.all([registry.close(), resolver.stop()]);
});
