import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
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
  // Nobody was asked, so it says nothing of how the service is.
  const refused = { code: 'Unavailable', retryAfter: 1, outcome: { kind: 'refused' }, sent: false };
  assert.throws(() => resolver.pick([]), refused);
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

test('one whose connection broke gets no call until something listens there again', async (t) => {
  const db = await testDatabase(t, { folders: [] });
  const { service } = newInstance();
  const [first, second] = [await listening(), await listening()];
  t.after(() => Promise.all([first.close(), second.close()]));
  const registry = postgresRegistry(db.url);
  for (const { url } of [first, second]) await registry.announce({ service, id: url, urls: [url] });
  const resolver = registered(service, ['http']);
  await resolver.start(hostFor(db.url));
  /** Where 50 calls went. */
  const called = () => {
    const endpoints = Array.from({ length: 50 }, () => {
      const endpoint = resolver.pick([]);
      const isThere = endpoint.url.origin !== second.url || second.isOpen();
      resolver.report(endpoint, isThere ? undefined : { kind: 'connection' });
      return endpoint;
    });
    return [...new Set(endpoints.map(({ url }) => url.origin))].sort();
  };
  const both = [first.url, second.url].sort().join();
  const bothAreCalled = () => resolver.health?.().status === 'up' && called().join() === both;
  await until(bothAreCalled, { ...limits, what: 'both are known' });

  await second.close();
  called();
  assert.deepEqual(called(), [first.url]);
  await second.open();
  await until(bothAreCalled, { ...limits, what: 'the second one is called again' });
  await Promise.all([registry.close(), resolver.stop()]);
});

/** Something that listens at one address whenever it is open. */
async function listening() {
  const server = createServer();
  const open = async (port = 0) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await open();
  return {
    url: `http://127.0.0.1:${port}`,
    isOpen: () => server.listening,
    open: () => open(port),
    close: async () => {
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
