import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBalancer } from '../../src/discovery/balancer.ts';
import type { Outcome } from '../../src/rpc/index.ts';

const urls = ['http://a:1', 'http://b:1', 'http://c:1'];
const refused: Outcome = { kind: 'connection' };

/** A balancer over `urls` with a clock that stands still until it is moved. */
function started(known = urls) {
  let time = 0;
  const balancer = createBalancer({ now: () => time });
  balancer.update(known);
  const pick = (tried: Parameters<typeof balancer.pick>[0] = []) => {
    const endpoint = balancer.pick(tried);
    assert.ok(endpoint, 'there is one to pick');
    return endpoint;
  };
  const hosts = (count: number) => {
    const picked = Array.from({ length: count }, () => pick());
    for (const endpoint of picked) balancer.report(endpoint, undefined);
    return new Set(picked.map(({ url }) => url.hostname));
  };
  /** Picks until it is that one; the calls of the others have ended well by then. */
  const pickOf = (host: string) => {
    for (let n = 0; n < 1_000; n++) {
      const endpoint = pick();
      if (endpoint.url.hostname === host) return endpoint;
      balancer.report(endpoint, undefined);
    }
    return assert.fail(`${host} is not picked`);
  };
  const fail = (host: string, failure: Outcome) => balancer.report(pickOf(host), failure);
  return { balancer, pick, pickOf, hosts, fail, pass: (ms: number) => (time += ms) };
}

test('every instance gets calls, and a busy one fewer', () => {
  const { balancer, pick, hosts } = started();
  assert.deepEqual([...hosts(100)].sort(), ['a', 'b', 'c']);
  const held = Array.from({ length: 300 }, () => pick());
  const shares = urls.map((url) => held.filter((one) => one.url.origin === url).length);
  assert.ok(Math.max(...shares) - Math.min(...shares) <= 30, `shares of 300 calls in flight: ${shares}`);
  for (const endpoint of held) balancer.report(endpoint, undefined);
});

test('another attempt goes to another instance, as long as there is one', () => {
  const { pick } = started();
  const first = pick();
  const second = pick([first]);
  const third = pick([first, second]);
  assert.equal(new Set([first, second, third]).size, 3);
  assert.ok(pick([first, second, third]));
});

test('one that refuses a connection is left out until something listens there again', () => {
  const { balancer, pickOf, hosts, pass } = started();
  const a = pickOf('a');
  assert.equal(balancer.report(a, refused), true);
  pass(60_000);
  assert.equal(balancer.isLost(a), true);
  assert.deepEqual([...hosts(100)].sort(), ['b', 'c']);
  balancer.found(a);
  assert.equal(balancer.isLost(a), false);
  assert.deepEqual([...hosts(100)].sort(), ['a', 'b', 'c']);
});

test('one that fails although it is found is left out for longer each time in a row', () => {
  const { balancer, pickOf, hosts, pass } = started();
  const failAgain = () => {
    const a = pickOf('a');
    balancer.report(a, refused);
    balancer.found(a);
  };
  failAgain();
  pass(1_000);
  assert.equal(hosts(100).has('a'), true, 'its success made it as good as new');
  failAgain();
  pass(1_000);
  failAgain();
  pass(999);
  assert.equal(hosts(100).has('a'), false, 'the second time in a row takes at least a second');
});

test('five failed answers in a row leave one out; a good one between them, or the caller’s own fault, does not', () => {
  const { fail, hosts } = started();
  const busy: Outcome = { kind: 'http', status: 503, full: true };
  for (let n = 0; n < 4; n++) assert.equal(fail('b', busy), false);
  hosts(100);
  for (let n = 0; n < 20; n++) fail('b', { kind: 'http', status: 404, full: true });
  for (let n = 0; n < 20; n++) fail('b', { kind: 'timeout', full: false });
  for (let n = 0; n < 4; n++) assert.equal(fail('b', busy), false);
  assert.equal(fail('b', busy), true);
  assert.equal(hosts(100).has('b'), false);
});

test('gRPC that takes a whole attempt without an answer counts as a failed answer, one that the caller cut short does not', () => {
  const { fail, hosts } = started();
  const late = (full: boolean): Outcome => ({ kind: 'grpc', code: 'DEADLINE_EXCEEDED', full });
  for (let n = 0; n < 20; n++) assert.equal(fail('b', late(false)), false);
  for (let n = 0; n < 20; n++) fail('b', { kind: 'grpc', code: 'NOT_FOUND', full: true });
  for (let n = 0; n < 4; n++) assert.equal(fail('b', late(true)), false);
  assert.equal(fail('b', late(true)), true);
  assert.equal(hosts(100).has('b'), false);
});

test('a failure is of one instance as long as another has not failed since its last success', () => {
  const { balancer, pick } = started();
  const a = pick();
  const b = pick([a]);
  const c = pick([a, b]);
  balancer.report(a, refused);
  assert.equal(balancer.hasOther(a), true);
  balancer.report(b, { kind: 'timeout', full: true });
  assert.equal(balancer.hasOther(a), true);
  balancer.report(c, refused);
  assert.equal(balancer.hasOther(a), false);
  balancer.report(b, undefined);
  assert.equal(balancer.hasOther(a), true, 'b has answered');
  balancer.update([a.url.origin]);
  assert.equal(balancer.hasOther(a), false);
});

test('with all of them left out, all are tried: there is nothing better', () => {
  const { fail, hosts } = started();
  for (const host of ['a', 'b', 'c']) fail(host, refused);
  assert.equal(hosts(100).size, 3);
});

test('with all of them left out, those that this call has not tried go first', () => {
  const { fail, pick } = started();
  for (const host of ['a', 'b', 'c']) fail(host, refused);
  for (let n = 0; n < 100; n++) {
    const first = pick();
    assert.notEqual(pick([first]), first);
  }
});

test('a new list keeps what is known of those that stay', () => {
  const { balancer, pick, hosts, fail } = started();
  fail('a', refused);
  const gone = pick();
  balancer.update(['http://a:1', 'http://d:1']);
  balancer.report(gone, refused);
  assert.deepEqual([...hosts(100)], ['d']);
  balancer.update([]);
  assert.equal(balancer.pick([]), undefined);
});
