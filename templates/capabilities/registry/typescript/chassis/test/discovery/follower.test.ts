import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { silentLogger as log } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { follow } from '../../src/discovery/follower.ts';
import type { Follow, Instance, Registry } from '../../src/discovery/index.ts';

/** A registry that says what the test tells it to. */
function scripted() {
  let told: Follow | undefined;
  let fail = (_error: Error) => {};
  let follows = 0;
  const registry: Registry = {
    announce: async () => {},
    withdraw: async () => {},
    follow: (_service, follow) => {
      told = follow;
      follows += 1;
      return new Promise((resolve, reject) => {
        fail = reject;
        follow.signal.addEventListener('abort', () => resolve());
      });
    },
    close: async () => {},
  };
  const tell = (...urls: string[]) =>
    told?.onList(urls.map((url): Instance => ({ service: 'alpha', id: url, urls: [url] })));
  return { registry, tell, fail: () => fail(new Error('no luck')), follows: () => follows };
}

function started(t: TestContext) {
  const script = scripted();
  let urls: readonly string[] = [];
  const onUrls = (next: readonly string[]) => {
    urls = next;
  };
  const urlsOf = (instance: Instance) => instance.urls;
  const follower = follow('alpha', { registry: script.registry, log, urlsOf, onUrls });
  t.after(() => follower.stop());
  return { ...script, follower, urls: () => urls };
}

async function listening(t: TestContext) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  t.after(() => (server.listening ? close() : undefined));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

test('a registry that goes away takes no instance with it, and is followed again', async (t) => {
  const { follower, tell, fail, follows, urls } = started(t);
  const alive = await listening(t);
  assert.equal(follower.known(), false);
  assert.equal(follower.interrupted(), 'no answer yet');
  tell(alive.url, 'http://127.0.0.1:1');
  assert.deepEqual([follower.known(), follower.interrupted()], [true, undefined]);
  fail();
  await until(() => follower.interrupted() === 'no luck', {
    limitMs: 1_000,
    what: 'the interruption is told',
  });
  assert.deepEqual(urls(), ['http://127.0.0.1:1', alive.url].sort());
  await until(() => follows() === 2, { limitMs: 5_000, what: 'followed again' });
  // It may have lost its list, and have been told of one instance only.
  tell('http://b:1');
  assert.deepEqual(urls(), ['http://127.0.0.1:1', alive.url, 'http://b:1'].sort());
  assert.equal(follower.interrupted(), undefined);
  const gone = () => !urls().includes('http://127.0.0.1:1');
  await until(gone, { limitMs: 15_000, what: 'the one is dropped that does not listen' });
  tell(alive.url, 'http://b:1');
  tell('http://b:1');
  assert.deepEqual(urls(), ['http://b:1'], 'a list that comes without an interruption is believed');
});

test('of a list that is suddenly empty, those are kept that still listen', async (t) => {
  const { tell, urls } = started(t);
  const alive = await listening(t);
  const dead = await listening(t);
  tell(alive.url, dead.url);
  await dead.close();
  tell();
  assert.deepEqual(urls(), [alive.url, dead.url].sort());
  await until(() => !urls().includes(dead.url), { limitMs: 15_000, what: 'the dead one is dropped' });
  assert.deepEqual(urls(), [alive.url]);
  tell('http://b:1');
  assert.deepEqual(urls(), [alive.url, 'http://b:1'], 'before it has listed itself anew');
  tell(alive.url, 'http://b:1');
  tell('http://b:1');
  assert.deepEqual(urls(), ['http://b:1'], 'once it has taken itself off');
});

test('a list that was empty from the start is believed', (t) => {
  const { follower, tell, urls } = started(t);
  tell();
  assert.deepEqual([follower.known(), urls()], [true, []]);
});
