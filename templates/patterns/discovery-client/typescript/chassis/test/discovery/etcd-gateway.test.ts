import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createGateway, parseUrl } from '../../src/discovery/etcd/gateway.ts';
import { etcdRegistry } from '../../src/discovery/etcd/index.ts';
import type { Instance } from '../../src/discovery/index.ts';

type Answer = (path: string, response: ServerResponse) => void;

/** Something that answers as etcd does. */
async function etcd(t: TestContext, answer: Answer) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume();
    answer(request.url ?? '', response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.after(close);
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, paths, close };
}

const json = (response: ServerResponse, body: unknown) => void response.end(`${JSON.stringify(body)}\n`);

test('a URL names nodes and a path', () => {
  assert.deepEqual(parseUrl('etcd://one,two:1234/a/b/'), {
    nodes: ['http://one:2379', 'http://two:1234'],
    path: 'a/b',
  });
  assert.deepEqual(parseUrl('https://one:2379'), { nodes: ['https://one:2379'], path: '' });
});

test('credentials that would not be used are refused', () => {
  assert.throws(
    () => parseUrl('etcd://user:secret@one,two/a'),
    /^Error: REGISTRY_URL has a user or a password;/,
  );
});

test('another node is asked where one does not answer, and is asked first from then on', async (t) => {
  const one = await etcd(t, (_path, response) => void response.writeHead(503).end('no leader'));
  const two = await etcd(t, (_path, response) => json(response, { ok: true }));
  const gateway = createGateway([`http://${one.host}`, `http://${two.host}`]);
  assert.deepEqual(await gateway.call('/v3/kv/put', {}), { ok: true });
  await gateway.call('/v3/kv/put', {});
  assert.deepEqual([one.paths.length, two.paths.length], [1, 2]);
  two.close();
  await assert.rejects(gateway.call('/v3/kv/put', {}), /etcd answered 503: no leader/);
});

test('a node that hangs keeps no answer of the others away, be it one or a stream', async (t) => {
  const hung = await etcd(t, () => {});
  const good = await etcd(t, (_path, response) => json(response, { result: { ok: true } }));
  const nodes = [`http://${hung.host}`, `http://${good.host}`];
  assert.deepEqual(await createGateway(nodes, 1_000).call('/v3/kv/range', {}), { result: { ok: true } });
  const stream = createGateway(nodes, 1_000).stream('/v3/watch', {}, new AbortController().signal);
  assert.deepEqual((await stream.next()).value, { result: { ok: true } });
  const asked = ['/v3/kv/range', '/v3/watch'];
  assert.deepEqual([hung.paths, good.paths], [asked, asked]);
});

test('a stream may be silent for longer than an answer may take', async (t) => {
  const { host } = await etcd(t, (_path, response) => {
    response.flushHeaders();
    setTimeout(() => json(response, { ok: true }), 1_500);
  });
  const stream = createGateway([`http://${host}`], 1_000).stream(
    '/v3/watch',
    {},
    new AbortController().signal,
  );
  assert.deepEqual((await stream.next()).value, { ok: true });
});

test('a watch whose revision was compacted away ends, so that the list is asked for anew', async (t) => {
  const { host, paths } = await etcd(t, (path, response) => {
    const header = { revision: '7' };
    if (path !== '/v3/watch') return json(response, { header });
    response.write(`${JSON.stringify({ result: { header, created: true } })}\n`);
    json(response, { result: { header, canceled: true, compact_revision: '9' } });
  });
  const lists: (readonly Instance[])[] = [];
  const onList = (list: readonly Instance[]) => void lists.push(list);
  await etcdRegistry(`etcd://${host}`).follow('alpha', { onList, signal: new AbortController().signal });
  assert.deepEqual(paths, ['/v3/kv/range', '/v3/watch']);
  assert.deepEqual(lists, [[]]);
});

test('what is no instance is passed over', async (t) => {
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const { host } = await etcd(t, (path, response) => {
    const kvs = [
      { key: 'YQ==', value: base64({ id: 'a', urls: ['http://10.0.0.1:3000'] }) },
      { key: 'Yg==', value: base64({ id: 'b', urls: ['nowhere'] }) },
      { key: 'Yw==', value: 'bm8ganNvbg==' },
    ];
    if (path === '/v3/watch') response.end();
    else json(response, { header: { revision: '7' }, kvs });
  });
  let ids: string[] = [];
  const onList = (list: readonly Instance[]) => {
    ids = list.map(({ id }) => id);
  };
  await etcdRegistry(`http://${host}`).follow('alpha', { onList, signal: new AbortController().signal });
  assert.deepEqual(ids, ['a']);
});

test('an expired lease is replaced by a new one', async (t) => {
  let granted = 0;
  const { host, paths } = await etcd(t, (path, response) => {
    if (path === '/v3/lease/grant') json(response, { ID: String(++granted), TTL: '10' });
    else if (path === '/v3/lease/keepalive') json(response, { result: { ID: '1' } });
    else json(response, {});
  });
  const registry = etcdRegistry(`etcd://${host}`);
  const instance = { service: 'alpha', id: 'a', urls: [] };
  await registry.announce(instance);
  await registry.announce(instance);
  assert.deepEqual(paths, [
    '/v3/lease/grant',
    '/v3/kv/txn',
    '/v3/lease/keepalive',
    '/v3/lease/grant',
    '/v3/kv/txn',
  ]);
});
