import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import type { Host } from '@app/chassis/lifecycle';
import { until } from '@app/chassis/testing';
import { proxied } from '../../src/proxy/index.ts';

const limits = { limitMs: 10_000 };

test('with the proxy away from the start, the service is not ready and says for what it waits', async (t) => {
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  const { port } = first.address() as AddressInfo;
  first.close();
  await once(first, 'close');

  const resolver = proxied('alpha', ['http']);
  t.after(() => resolver.stop());
  await resolver.start({ env: { ALPHA_URL: `http://127.0.0.1:${port}` } } as unknown as Host);
  assert.equal(resolver.health?.().status, 'down');
  const reason = new RegExp(`^waiting for 127.0.0.1:${port}, the proxy of alpha: .*ECONNREFUSED`);
  await until(() => reason.test(resolver.health?.().reason ?? ''), { ...limits, what: 'the reason is told' });

  const proxy = createServer().listen(port, '127.0.0.1');
  t.after(() => proxy.close());
  await until(() => resolver.health?.().status === 'up', { ...limits, what: 'the proxy is seen' });
  assert.equal(resolver.pick([]).url.port, String(port));
});

test('it needs the address of the proxy', () => {
  const { env } = proxied('price-list', ['http', 'https']);
  assert.deepEqual(Object.keys(env), ['PRICE_LIST_URL']);
});

test('that the proxy has lost one instance is no failure of the service, that it has none is', () => {
  const { hasOther } = proxied('alpha', ['http']);
  const alpha = { url: new URL('http://alpha') };
  const answered = (status: number) => hasOther?.(alpha, { kind: 'http', status, full: true });
  assert.deepEqual([answered(502), answered(503)], [true, false]);
});
