// A call around its protocol: attempts, deadline, budget, configuration.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calls, client, type Outcome, type Resolver, type ResolverOf } from '../../src/rpc/index.ts';
import { retryBudget } from '../../src/rpc/retry.ts';
import { direct } from './direct.ts';
import {
  answerOne,
  breakOff,
  deadAddress,
  hang,
  hostFor,
  ItemApi,
  inTurn,
  json,
  listen,
  start,
} from './fixture.ts';

const policy = { protocol: direct, deadline: '1s' } as const;
const twice = { retry: { attempts: 2 } };

for (const [what, respond, deadline] of [
  ['breaks every connection', breakOff, '10s'],
  ['never answers', hang, '2s'],
] as const) {
  test(`a dependency that ${what} gets two calls for two attempts`, async (t) => {
    const server = await listen(t, respond);
    const { items, context } = await start(t, server.url, { ...twice, deadline });
    await assert.rejects(items.getItem({ id: '1' }, context));
    assert.equal(server.requests.length, 2);
  });
}

test('what may not run twice is repeated only where nothing was sent, or under a key', async (t) => {
  const server = await listen(t, breakOff);
  const { items, context } = await start(t, server.url, twice);
  await assert.rejects(items.createItem({ name: 'x' }, context));
  assert.equal(server.requests.length, 1);

  server.respond = answerOne;
  const resolver = inTurn(await deadAddress(), server.url);
  const other = await start(t, '', { ...twice, resolver });
  await other.items.createItem({ name: 'x' }, context);
  assert.equal(server.requests.length, 2);

  server.respond = breakOff;
  await assert.rejects(items.keepItem({ name: 'x' }, { ...context, idempotencyKey: 'a-key' }));
  assert.equal(server.requests.length, 4);
  await assert.rejects(items.keepItem({ name: 'x' }, context));
  assert.equal(server.requests.length, 5);
});

test('a time that one of several instances names keeps nobody from asking another one', async (t) => {
  const notReady = await listen(t, (_request, response) => json(response, 503, {}, { 'retry-after': '30' }));
  const server = await listen(t);
  const urls = inTurn(notReady.url, server.url);
  const resolver: ResolverOf = (...of) => ({ ...urls(...of), hasOther: () => true });
  const { items, context } = await start(t, '', { ...twice, resolver });
  await items.getItem({ id: '1' }, context);
  assert.deepEqual([notReady.requests.length, server.requests.length], [1, 1]);
});

test('an answer that blames the caller is not asked for again', async (t) => {
  const server = await listen(t, (_request, response) => json(response, 404, {}));
  const { items, context } = await start(t, server.url, twice);
  await assert.rejects(items.getItem({ id: '1' }, context), { code: 'NotFound' });
  assert.equal(server.requests.length, 1);
});

test('with 1 ms left nothing is sent', async (t) => {
  const server = await listen(t);
  const { items, context } = await start(t, server.url);
  const deadline = performance.now() + 1;
  await assert.rejects(items.getItem({ id: '1' }, { ...context, deadline }), { code: 'DeadlineExceeded' });
  assert.equal(server.requests.length, 0);
});

test('the retry budget holds ten and gains a tenth per call', () => {
  const budget = retryBudget();
  for (let n = 0; n < 10; n++) assert.equal(budget.withdraw(), true);
  assert.equal(budget.withdraw(), false);
  for (let n = 0; n < 11; n++) budget.deposit();
  assert.equal(budget.withdraw(), true);
  assert.equal(budget.withdraw(), false);
});

test('the part declares the address of every service it calls', () => {
  const roomItems = client({ service: 'room-item', operations: {} }, policy);
  const { env } = calls([client(ItemApi, policy), roomItems]);
  assert.ok(env);
  assert.equal(env.safeParse({ ITEM_URL: 'http://item:3000', ROOM_ITEM_URL: 'http://room' }).success, true);
  const wrong = env.safeParse({ ITEM_URL: 'item:3000' });
  assert.deepEqual(
    wrong.error?.issues.map((issue) => issue.path[0]),
    ['ITEM_URL', 'ROOM_ITEM_URL'],
  );
});

test('a resolver that knows no address yet keeps the service from being ready', async () => {
  const health = () => ({ status: 'down', reason: 'waiting for the registry' }) as const;
  const resolver: ResolverOf = (...of) => ({ ...inTurn('http://item')(...of), health });
  const running = await calls([client(ItemApi, { ...policy, resolver })]).start(hostFor({}));
  assert.deepEqual(await running.health?.(), health());
  await running.stop?.();
});

test('the resolver learns the end of every attempt, and which URLs the calls can go to', async (t) => {
  const server = await listen(t);
  const reported: (Outcome | undefined)[] = [];
  let known: readonly string[] = [];
  const { items, context } = await start(t, '', {
    resolver: (service, schemes) => {
      known = schemes;
      const report: Resolver['report'] = (_endpoint, failure) => void reported.push(failure);
      return { ...inTurn(server.url)(service, schemes), report };
    },
  });
  await items.getItem({ id: '1' }, context);
  await assert.rejects(items.getItem({ id: '' }, context), { code: 'InvalidArgument' });
  server.respond = (_request, response) => json(response, 503, {});
  await assert.rejects(items.getItem({ id: '1' }, context), { code: 'Unavailable' });
  assert.deepEqual(
    reported.map((failure) => failure?.kind),
    [undefined, 'cancelled', 'http'],
  );
  assert.deepEqual(known, ['http']);
});

test('a client that is in no calls([...]) says so', async () => {
  const items = client(ItemApi, policy);
  const { log } = hostFor({});
  await assert.rejects(items.getItem({ id: '1' }, { log }), { message: /list it in calls/ });
});

test('a policy that contradicts itself is refused where it is used', () => {
  assert.throws(
    () => client(ItemApi, { ...policy, timeout: '2s' }),
    /timeout 2000 ms exceeds deadline 1000 ms/,
  );
});
