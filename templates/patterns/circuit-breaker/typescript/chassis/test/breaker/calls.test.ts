// The breaker in real calls.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type BreakerOptions, breaker } from '../../src/breaker/index.ts';
import { ServiceError } from '../../src/errors/index.ts';
import type { Policy, ResolverOf } from '../../src/rpc/index.ts';
import {
  answerOne,
  breakOff,
  deadAddress,
  hang,
  inTurn,
  json,
  listen,
  start,
  type TestServer,
  until,
} from '../rpc/fixture.ts';

/** A client behind a breaker whose clock stands until the test moves it. */
async function guarded(
  t: TestContext,
  url: string,
  options: Partial<BreakerOptions> = {},
  policy: Partial<Policy> = {},
) {
  const clock = { now: 0 };
  const guard = breaker({
    threshold: 3,
    resetTimeout: '30s',
    clock: () => clock.now,
    jitter: () => 0,
    ...options,
  });
  const started = await start(t, url, { ...policy, breaker: guard });
  const get = (context = {}) => started.items.getItem({ id: '1' }, { ...started.context, ...context });
  return { ...started, guard, clock, get };
}

/** Opens the breaker of a dependency and lets the reset timeout pass. */
async function openedAndReset(t: TestContext, server: TestServer, policy: Partial<Policy> = {}) {
  const calls = await guarded(t, server.url, { threshold: 1 }, policy);
  server.respond = breakOff;
  await assert.rejects(calls.get());
  assert.equal(calls.guard.state, 'OPEN');
  calls.clock.now = 30_000;
  server.requests.length = 0;
  return calls;
}

test('after three refused connections calls are refused with Retry-After', async (t) => {
  const { get, guard, clock } = await guarded(t, await deadAddress());
  for (let n = 0; n < 3; n++) await assert.rejects(get(), { code: 'Unavailable' });
  assert.equal(guard.state, 'OPEN');
  clock.now = 10_500;
  const expected = { code: 'Unavailable', message: 'item: the circuit breaker is open', retryAfter: 20 };
  await assert.rejects(get(), expected);
});

test('a trial that succeeds closes it again', async (t) => {
  const server = await listen(t);
  const { get, guard } = await openedAndReset(t, server);
  server.respond = answerOne;
  await get();
  assert.equal(guard.state, 'CLOSED');
});

test('while the trial is under way the others are refused', async (t) => {
  const server = await listen(t);
  const { get, guard } = await openedAndReset(t, server);
  server.respond = (request, response) => {
    void until(() => refused === 50, 'the others are refused').then(() => answerOne(request, response));
  };
  let refused = 0;
  const all = Array.from({ length: 51 }, () =>
    get().catch((error: ServiceError) => {
      assert.equal(error.retryAfter, 1);
      refused += 1;
    }),
  );
  await Promise.all(all);
  assert.equal(server.requests.length, 1);
  assert.equal(guard.state, 'CLOSED');
});

test('an open breaker is not retried', async (t) => {
  const server = await listen(t, breakOff);
  const { get, guard, records } = await guarded(t, server.url, { threshold: 1 }, { retry: { attempts: 5 } });
  await assert.rejects(get(), { message: /circuit breaker is open/ });
  assert.equal(guard.state, 'OPEN');
  assert.equal(server.requests.length, 1);
  assert.equal(records.logs.filter(({ message }) => message === 'call is repeated').length, 1);
});

for (const status of [400, 404, 409, 422, 429]) {
  test(`a hundred ${status} leave it closed`, async (t) => {
    const server = await listen(t, (_request, response) => json(response, status, {}));
    const { get, guard } = await guarded(t, server.url);
    for (let n = 0; n < 100; n++) await assert.rejects(get());
    assert.equal(guard.state, 'CLOSED');
    assert.equal(server.requests.length, 100);
  });
}

for (const [what, respond] of [
  ['a 500', (_request, response) => json(response, 500, {})],
  ['a 503', (_request, response) => json(response, 503, {})],
  ['a broken connection', breakOff],
  ['a full timeout', hang],
] as const satisfies [string, TestServer['respond']][]) {
  test(`${what} counts`, async (t) => {
    const server = await listen(t, respond);
    const { get, guard } = await guarded(t, server.url, { threshold: 2 }, { deadline: '500ms' });
    await assert.rejects(get());
    assert.equal(guard.state, 'CLOSED');
    await assert.rejects(get());
    assert.equal(guard.state, 'OPEN');
  });
}

test('failures of one instance leave it closed while others go on, and count once none does', async (t) => {
  const server = await listen(t, breakOff);
  let goesOn = true;
  const resolver: ResolverOf = (...of) => ({ ...inTurn(server.url)(...of), hasOther: () => goesOn });
  const { get, guard } = await guarded(t, '', {}, { resolver });
  for (let n = 0; n < 100; n++) await assert.rejects(get(), { code: 'Unavailable' });
  assert.equal(guard.state, 'CLOSED');
  goesOn = false;
  for (let n = 0; n < 3; n++) await assert.rejects(get());
  assert.equal(guard.state, 'OPEN');
});

test('a hundred calls with 1 ms left: closed, nothing sent', async (t) => {
  const server = await listen(t);
  const { get, guard } = await guarded(t, server.url);
  for (let n = 0; n < 100; n++) {
    await assert.rejects(get({ deadline: performance.now() + 1 }), { code: 'DeadlineExceeded' });
  }
  assert.equal(guard.state, 'CLOSED');
  assert.equal(server.requests.length, 0);
});

test('an inherited deadline shorter than the timeout is no failure of the dependency', async (t) => {
  const server = await listen(t, hang);
  const { get, guard } = await guarded(t, server.url, { threshold: 1 }, { deadline: '1m' });
  await assert.rejects(get({ deadline: performance.now() + 1_000 }), { code: 'DeadlineExceeded' });
  assert.equal(server.requests.length, 1);
  assert.equal(guard.state, 'CLOSED');
});

test('an answer 504 to such a call is none either', async (t) => {
  const server = await listen(t, (_request, response) => json(response, 504, {}));
  const { get, guard } = await guarded(t, server.url, { threshold: 1 });
  await assert.rejects(get({ deadline: performance.now() + 1_000 }), { code: 'DeadlineExceeded' });
  assert.equal(guard.state, 'CLOSED');
  await assert.rejects(get(), { code: 'DeadlineExceeded' });
  assert.equal(guard.state, 'OPEN');
});

test("the caller's cancel is neutral, and gives the trial back", async (t) => {
  const server = await listen(t);
  const { get, guard } = await openedAndReset(t, server);
  server.respond = hang;
  const caller = new AbortController();
  const trial = get({ signal: caller.signal });
  await until(() => server.requests.length === 1, 'the trial arrives');
  assert.equal(guard.state, 'HALF_OPEN');
  caller.abort();
  await assert.rejects(trial, { message: /cancelled/ });
  assert.equal(guard.state, 'HALF_OPEN');
  server.respond = answerOne;
  await get();
  assert.equal(guard.state, 'CLOSED');
});

test('a hundred cancelled calls leave it closed', async (t) => {
  const server = await listen(t, hang);
  const { get, guard } = await guarded(t, server.url);
  const caller = new AbortController();
  const all = Array.from({ length: 100 }, () => get({ signal: caller.signal }));
  await until(() => server.requests.length === 100, 'all arrive');
  caller.abort();
  const results = await Promise.allSettled(all);
  assert.ok(results.every(({ status }) => status === 'rejected'));
  assert.equal(guard.state, 'CLOSED');
});

test('a refusal by the bulkhead is neutral', async (t) => {
  const server = await listen(t, hang);
  const { get, guard } = await guarded(t, server.url, { threshold: 1 }, { concurrency: 1 });
  const caller = new AbortController();
  const first = get({ signal: caller.signal });
  for (let n = 0; n < 20; n++) await assert.rejects(get(), { message: /in flight already/ });
  assert.equal(guard.state, 'CLOSED');
  caller.abort();
  await assert.rejects(first);
});

test('a hung trial is freed, and its late success changes nothing', async () => {
  const clock = { now: 0 };
  const guard = breaker({
    threshold: 1,
    resetTimeout: '30s',
    trialTimeout: '10s',
    clock: () => clock.now,
    jitter: () => 0,
  });
  await assert.rejects(guard.execute(() => Promise.reject(new Error('down'))));
  clock.now = 30_000;
  let answer = () => {};
  const hung = guard.execute(
    () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
  );
  await assert.rejects(
    guard.execute(async () => {}),
    { code: 'Unavailable', retryAfter: 1 },
  );
  clock.now = 40_000;
  await assert.rejects(
    guard.execute(() => Promise.reject(new Error('still down'))),
    /still down/,
  );
  assert.equal(guard.state, 'OPEN');
  answer();
  await hung;
  assert.equal(guard.state, 'OPEN');
});

test('each transition is logged once and shown by the gauge; the health tells it', async (t) => {
  const server = await listen(t);
  const { get, records } = await openedAndReset(t, server);
  await assert.rejects(get());
  await assert.rejects(get());
  assert.deepEqual(
    records.logs.map(({ level, fields }) => [level, (fields as { to: string }).to]),
    [
      ['warn', 'OPEN'],
      ['info', 'HALF_OPEN'],
      ['warn', 'OPEN'],
    ],
  );
  assert.deepEqual(
    records.gauges.map(({ labels, value }) => [labels, value]),
    [0, 2, 1, 2].map((value) => [{ dependency: 'item' }, value]),
  );
});

test('the jitter adds up to a tenth of the reset timeout', async () => {
  const clock = { now: 0 };
  const guard = breaker({ threshold: 1, resetTimeout: '30s', clock: () => clock.now, jitter: () => 1 });
  await assert.rejects(guard.execute(() => Promise.reject(new Error('down'))));
  clock.now = 32_999;
  await assert.rejects(
    guard.execute(async () => {}),
    { code: 'Unavailable' },
  );
  clock.now = 33_000;
  await guard.execute(async () => {});
  assert.equal(guard.state, 'CLOSED');
});

test('an error that blames the input is neutral, any other of unknown outcome counts', async () => {
  const guard = breaker({ threshold: 1, resetTimeout: '30s' });
  const reject = (error: Error) => assert.rejects(guard.execute(() => Promise.reject(error)));
  await reject(new ServiceError('NotFound', 'no such note'));
  assert.equal(guard.state, 'CLOSED');
  await reject(new Error('boom'));
  assert.equal(guard.state, 'OPEN');
});
