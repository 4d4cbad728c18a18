import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEADLINE_HEADER, inheritedDeadline } from '../../../src/http/index.ts';
import { answerOne, hang, heldByCalls, json, listen, start, until } from './items.ts';

const remaining = (request: { headers: NodeJS.Dict<string | string[]> }) =>
  String(request.headers[DEADLINE_HEADER]);

test('the remaining time shrinks along a chain of services', async (t) => {
  const seen: number[] = [];
  const last = await listen(t, (request, response) => {
    seen.push(Number(remaining(request)));
    json(response, 200, { id: '1', name: 'last' });
  });
  const toLast = await start(t, last.url, { deadline: '30s' });
  const middle = await listen(t, async (request, response) => {
    const deadline = inheritedDeadline(remaining(request));
    seen.push(Number(remaining(request)));
    const worked = performance.now() + 20;
    await until(() => performance.now() > worked, 'work takes 20 ms');
    json(response, 200, await toLast.items.getItem({ id: '1' }, { ...toLast.context, deadline }));
  });
  const { items, context } = await start(t, middle.url, { deadline: '900ms' });
  assert.equal((await items.getItem({ id: '1' }, context)).name, 'last');
  const [first = 0, second = 0] = seen;
  assert.equal(first, 900);
  assert.ok(second <= 880 && second > 500, `900 ms became ${second} ms`);
});

test('one attempt is told its own timeout, not the whole deadline', async (t) => {
  let told = '';
  const server = await listen(t, (request, response) => {
    told = remaining(request);
    json(response, 200, { id: '1', name: 'x' });
  });
  const { items, context } = await start(t, server.url, { deadline: '900ms', timeout: '300ms' });
  await items.getItem({ id: '1' }, context);
  assert.equal(told, '300');
});

test('a second attempt is told what the first has left of the deadline', async (t) => {
  const told: number[] = [];
  const server = await listen(t, (request, response) => {
    told.push(Number(remaining(request)));
    if (told.length > 1) answerOne(request, response);
  });
  const policy = { deadline: '3s', timeout: '2s', retry: { attempts: 2 } } as const;
  const { items, context } = await start(t, server.url, policy);
  await items.getItem({ id: '1' }, context);
  const [first = 0, second = 0] = told;
  assert.equal(first, 2_000);
  assert.ok(second > 0 && second <= 1_000, `${second} ms`);
});

test('with 1 ms left nothing is sent', async (t) => {
  const server = await listen(t);
  const { items, context } = await start(t, server.url);
  for (let n = 0; n < 100; n++) {
    const deadline = performance.now() + 1;
    await assert.rejects(items.getItem({ id: '1' }, { ...context, deadline }), { code: 'DeadlineExceeded' });
  }
  assert.equal(server.requests.length, 0);
  assert.equal(server.connections, 0);
});

test('the inherited deadline ends a call that its own policy would let go on', async (t) => {
  const server = await listen(t, hang);
  const { items, context } = await start(t, server.url, { deadline: '30s' });
  const startedAt = performance.now();
  const call = items.getItem({ id: '1' }, { ...context, deadline: startedAt + 100 });
  await assert.rejects(call, { code: 'DeadlineExceeded' });
  assert.ok(performance.now() - startedAt < 300);
});

test('an answer whose body never ends is cut at the timeout', async (t) => {
  const server = await listen(t, (_request, response) => void response.writeHead(200).write('{"id":'));
  const { items, context } = await start(t, server.url, { deadline: '100ms' });
  await assert.rejects(items.getItem({ id: '1' }, context), { code: 'DeadlineExceeded' });
});

test('an answer that came while this process was busy is read, not timed out', async (t) => {
  const server = await listen(t, (_request, response) => {
    json(response, 200, { id: '1', name: 'in time' });
    const busy = performance.now() + 150;
    while (performance.now() < busy);
  });
  const { items, context } = await start(t, server.url, { deadline: '100ms' });
  assert.equal((await items.getItem({ id: '1' }, context)).name, 'in time');
});

test('a header that is no number of milliseconds is no deadline', () => {
  for (const header of [undefined, '', '-1', '1.5', 'soon', '99999999999']) {
    assert.equal(inheritedDeadline(header), undefined, header);
  }
  const deadline = inheritedDeadline('250') ?? 0;
  assert.ok(Math.abs(deadline - performance.now() - 250) < 20);
});

test('a hundred calls may share the signal of one caller', async (t) => {
  const server = await listen(t, answerOne);
  const { items, context } = await start(t, server.url);
  const warnings: Error[] = [];
  const warned = (warning: Error) => warnings.push(warning);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 100 }, () => items.getItem({ id: '1' }, { ...context, signal })));
  assert.deepEqual(warnings, []);
});

test('a caller that gives up ends the call at once', async (t) => {
  const server = await listen(t, hang);
  const { items, context } = await start(t, server.url, { retry: { attempts: 3 } });
  const caller = new AbortController();
  const call = items.getItem({ id: '1' }, { ...context, signal: caller.signal });
  await until(() => server.requests.length === 1, 'the request arrives');
  caller.abort();
  await assert.rejects(call, { message: /cancelled by the caller/ });
  await assert.rejects(items.getItem({ id: '1' }, { ...context, signal: caller.signal }), {
    message: /cancelled/,
  });
  assert.equal(server.requests.length, 1);
});

test('calls that were given up hold nothing, though their answers never come', async (t) => {
  const server = await listen(t, hang);
  const { items, context } = await start(t, server.url, { deadline: '50ms' });
  const held = await heldByCalls((name) => items.createItem({ name }, context));
  assert.ok(server.requests.length > 0);
  assert.ok(held < 5_000_000, `${held} bytes of 40,000,000`);
});
