import assert from 'node:assert/strict';
import dns from 'node:dns/promises';
import { once } from 'node:events';
import { createServer as createProxy } from 'node:http2';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServiceError, type sendUnaryData, status } from '@grpc/grpc-js';
import { writeDetails } from '../../src/grpc/details.ts';
import { grpc } from '../../src/grpc/index.ts';
import { protoOf } from '../../src/grpc/proto.ts';
import { CallError, type CallGuard, calls, client, type Outcome, type Policy } from '../../src/rpc/index.ts';
import { withSpan } from '../../src/telemetry/index.ts';
import { deadAddress, heldByCalls, hostFor, inTurn, until } from '../rpc/fixture.ts';
import { NoteApi, protos } from './notes.ts';

interface Call {
  readonly request: object;
  readonly metadata: { get(key: string): unknown[] };
  getDeadline(): Date | number;
  on(event: 'cancelled', listener: () => void): unknown;
}

type Respond = (call: Call, done: sendUnaryData<object>) => void;

const found = { id: '1', text: 'x', state: 'DRAFT' };
const answerOne: Respond = (_call, done) => done(null, found);
const hang: Respond = () => {};
const fail =
  (code: status, more: Partial<ServiceError> = {}): Respond =>
  (_call, done) =>
    done({ code, details: 'no luck', ...more });

/** A bare server of the proto that notes which calls came. */
async function listen(t: TestContext, respond: Respond = answerOne) {
  const server = new Server();
  const state = { respond, calls: [] as Call[], address: '' };
  const handle: Respond = (call, done) => {
    state.calls.push(call);
    state.respond(call, done);
  };
  const stream = (call: Call & { write(item: object): void; end(): void }) => {
    state.calls.push(call);
    for (let id = 1; id <= 5; id++) call.write({ ...found, id: String(id) });
    call.end();
  };
  const methods = { GetNote: handle, AddNote: handle, ListNotes: stream, WatchNote: stream };
  server.addService(protoOf('note', protos).definition, methods as never);
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  t.after(() => server.forceShutdown());
  state.address = `grpc://127.0.0.1:${port}`;
  return state;
}

async function start(t: TestContext, url: string, policy: Partial<Policy> = {}) {
  const notes = client(NoteApi, { protocol: grpc({ protos }), deadline: '5s', ...policy });
  const host = hostFor({ NOTE_URL: url });
  const running = await calls([notes]).start(host);
  t.after(() => running.stop?.());
  return { notes, context: { log: host.log } };
}

/** A guard that lets everything through and notes how it ended. */
function watching(): CallGuard & { outcomes: Outcome[] } {
  const outcomes: Outcome[] = [];
  return {
    name: 'note',
    state: 'CLOSED',
    outcomes,
    attach() {},
    execute: (call) =>
      call().catch((error) => {
        if (error instanceof CallError) outcomes.push(error.outcome);
        throw error;
      }),
  };
}

const twice = { retry: { attempts: 2 } };

test('a unary call, a page of a stream and a key arrive as the schemas have them', async (t) => {
  const server = await listen(t);
  const { notes, context } = await start(t, server.address);
  assert.deepEqual(await notes.getNote({ id: '1' }, context), found);
  const { notes: page } = await notes.listNotes({ limit: 2 }, context);
  assert.deepEqual(
    page.map(({ id }) => id),
    ['1', '2'],
  );
  await notes.addNote({ text: 'x' }, { ...context, idempotencyKey: 'k1' });
  assert.deepEqual(server.calls.at(-1)?.request, { text: 'x', idempotencyKey: 'k1' });
});

for (const code of ['UNAVAILABLE', 'DEADLINE_EXCEEDED'] as const) {
  test(`a dependency that answers ${code} gets two calls for two attempts`, async (t) => {
    const server = await listen(t, fail(status[code]));
    const { notes, context } = await start(t, server.address, twice);
    await assert.rejects(notes.getNote({ id: '1' }, context));
    assert.equal(server.calls.length, 2);
    await assert.rejects(notes.addNote({ text: 'x' }, context));
    assert.equal(server.calls.length, 3);
  });
}

test('a dependency that never answers gets two calls for two attempts', async (t) => {
  const server = await listen(t, hang);
  const guard = watching();
  const { notes, context } = await start(t, server.address, { ...twice, deadline: '1s', breaker: guard });
  await assert.rejects(notes.getNote({ id: '1' }, context), { code: 'DeadlineExceeded' });
  assert.equal(server.calls.length, 2);
  const [first] = guard.outcomes;
  assert.deepEqual(first, { kind: 'grpc', code: 'DEADLINE_EXCEEDED', full: true });
});

test('what may not run twice goes to the next address when the first refused the connection', async (t) => {
  const server = await listen(t);
  const dead = (await deadAddress()).replace('http', 'grpc');
  const resolver = inTurn(dead, server.address);
  const guard = watching();
  const { notes, context } = await start(t, '', { ...twice, resolver, breaker: guard });
  assert.equal((await notes.addNote({ text: 'x' }, context)).id, '1');
  assert.equal(server.calls.length, 1);
  assert.deepEqual(guard.outcomes, [{ kind: 'connection' }]);
});

/** Stands before `target` on `host`, until it is cut: then nothing listens there any more. */
async function relay(t: TestContext, target: string, { host, port = 0 }: { host: string; port?: number }) {
  const sockets = new Set<Socket>();
  const { hostname, port: inside } = new URL(target);
  const server = createServer((socket) => {
    const behind = connect({ host: hostname, port: Number(inside) });
    for (const one of [socket, behind]) sockets.add(one.on('error', () => {}));
    socket.pipe(behind).pipe(socket);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  t.after(cut);
  return { port: (server.address() as AddressInfo).port, cut };
}

test('a connection that breaks under a call is told as one: its instance is left out at once', async (t) => {
  const hanging = await listen(t, hang);
  const { port, cut } = await relay(t, hanging.address, { host: '127.0.0.1' });
  const guard = watching();
  const { notes, context } = await start(t, `grpc://127.0.0.1:${port}`, { breaker: guard });
  const asked = assert.rejects(notes.getNote({ id: '1' }, context), { code: 'Unavailable' });
  await until(() => hanging.calls.length === 1, 'the call');
  cut();
  await asked;
  assert.deepEqual(guard.outcomes, [{ kind: 'connection' }]);
});

/** Notes of each failed attempt whether it says anything of the dependency as a whole. */
function noting(): CallGuard & { ofOneInstance: boolean[] } {
  const ofOneInstance: boolean[] = [];
  return {
    ...watching(),
    ofOneInstance,
    execute: (call) =>
      call().catch((error) => {
        ofOneInstance.push(error.isOfOneInstance);
        throw error;
      }),
  };
}

test('a connection that breaks says nothing of the other addresses of its name', async (t) => {
  const hanging = await listen(t, hang);
  const whole = await listen(t);
  const { port, cut } = await relay(t, hanging.address, { host: '127.0.0.1' });
  await relay(t, whole.address, { host: '127.0.0.2', port });
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
  t.mock.method(dns, 'lookup', async () => addresses);
  const guard = noting();
  const { notes, context } = await start(t, `grpc://note.example:${port}`, { ...twice, breaker: guard });
  const made: Promise<unknown>[] = [];
  const areBothAsked = () => {
    made.push(notes.getNote({ id: '1' }, context));
    return hanging.calls.length > 2 && whole.calls.length > 2;
  };
  await until(areBothAsked, 'calls of both addresses');
  cut();
  await Promise.all(made);
  assert.deepEqual(new Set(guard.ofOneInstance), new Set([true]));
});

test('the only connection that breaks says everything', async (t) => {
  const hanging = await listen(t, hang);
  const { port, cut } = await relay(t, hanging.address, { host: '127.0.0.1' });
  const guard = noting();
  const { notes, context } = await start(t, `grpc://127.0.0.1:${port}`, { breaker: guard });
  const made = Array.from({ length: 5 }, () => notes.getNote({ id: '1' }, context));
  await until(() => hanging.calls.length === 5, 'the calls arrive');
  cut();
  for (const one of made) await assert.rejects(one, { code: 'Unavailable' });
  assert.deepEqual(guard.ofOneInstance, [false, false, false, false, false]);
});

test('a proxy that has lost an instance under a call says nothing of the others', async (t) => {
  const proxy = createProxy((_request, response) => response.writeHead(502).end());
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  const guard = noting();
  const url = `grpc://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { notes, context } = await start(t, url, { breaker: guard });
  await assert.rejects(notes.getNote({ id: '1' }, context), { code: 'Unavailable' });
  assert.deepEqual(guard.ofOneInstance, [true]);
});

test('a hundred calls with 1 ms left: nothing is sent', async (t) => {
  const server = await listen(t);
  const guard = watching();
  const { notes, context } = await start(t, server.address, { breaker: guard });
  for (let n = 0; n < 100; n++) {
    const deadline = performance.now() + 1;
    await assert.rejects(notes.getNote({ id: '1' }, { ...context, deadline }), { code: 'DeadlineExceeded' });
  }
  assert.equal(server.calls.length, 0);
  assert.deepEqual(guard.outcomes, []);
});

test('what is left of the time and the trace go with the call', async (t) => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  let left = Number.NaN;
  const server = await listen(t, (call, done) => {
    left = Number(call.getDeadline()) - Date.now();
    answerOne(call, done);
  });
  const { notes, context } = await start(t, server.address, { deadline: '1m' });
  const begin = performance.now();
  await until(() => performance.now() >= begin + 200, 'work takes 200 ms');
  const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
  await withSpan('work', { traceparent }, () =>
    notes.getNote({ id: '1' }, { ...context, deadline: begin + 10_000 }),
  );
  // The clocks of the two ends count whole milliseconds.
  assert.ok(left > 0 && left <= 9_810, `${left} ms`);
  const [sent] = server.calls[0]?.metadata.get('traceparent') ?? [];
  assert.match(String(sent), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
});

test('a request over 1 MB is refused here, and neither sent nor repeated', async (t) => {
  const server = await listen(t);
  const guard = watching();
  const { notes, context } = await start(t, server.address, { ...twice, breaker: guard });
  const large = notes.addNote({ text: 'x'.repeat(1024 * 1024 + 1) }, context);
  await assert.rejects(large, { code: 'Internal' });
  assert.deepEqual(guard.outcomes, [{ kind: 'grpc', code: 'RESOURCE_EXHAUSTED', full: true }]);
  assert.equal(server.calls.length, 0);
});

test('that this service asks too often is not the fault of whoever asked it', async (t) => {
  const server = await listen(t, (_call, done) =>
    done({ code: status.RESOURCE_EXHAUSTED, details: 'slowly' }),
  );
  const { notes, context } = await start(t, server.address);
  await assert.rejects(notes.getNote({ id: '1' }, context), { code: 'Unavailable', message: 'slowly' });
});

test('an error comes with what it tells: code, text, wrong input, time to wait', async (t) => {
  const details = [{ path: 'id', message: 'bad' }];
  const server = await listen(t, (call, done) => {
    const more = writeDetails(status.INVALID_ARGUMENT, { message: 'no luck', details, retryAfter: 7 });
    const metadata = Object.assign(call.metadata, {}) as unknown as ServiceError['metadata'];
    const trailer = metadata.clone();
    trailer.set('grpc-status-details-bin', more as Buffer);
    fail(status.INVALID_ARGUMENT, { metadata: trailer })(call, done);
  });
  const { notes, context } = await start(t, server.address, twice);
  const expected = { code: 'InvalidArgument', message: 'no luck', details, retryAfter: 7 };
  await assert.rejects(notes.getNote({ id: '1' }, context), expected);
  assert.equal(server.calls.length, 1);
});

test('a caller that gives up ends the call here and there', async (t) => {
  const server = await listen(t, hang);
  const guard = watching();
  const { notes, context } = await start(t, server.address, { ...twice, breaker: guard });
  const caller = new AbortController();
  const call = notes.getNote({ id: '1' }, { ...context, signal: caller.signal });
  await until(() => server.calls.length === 1, 'the call arrives');
  let isCancelled = false;
  server.calls[0]?.on('cancelled', () => {
    isCancelled = true;
  });
  caller.abort();
  await assert.rejects(call, { message: /cancelled by the caller/ });
  await until(() => isCancelled, 'the server is told');
  assert.deepEqual(guard.outcomes, [{ kind: 'cancelled' }]);
});

test('calls that were given up hold nothing, though their answers never come', async (t) => {
  const hanging = await listen(t, hang);
  const { notes, context } = await start(t, hanging.address, { deadline: '50ms' });
  const held = await heldByCalls(async (text) => {
    await notes.addNote({ text }, context).finally(() => hanging.calls.splice(0));
  });
  assert.ok(held < 5_000_000, `${held} bytes of 40,000,000`);
});

test('an address of another kind is refused by the variable that holds it', () => {
  const { env } = calls([client(NoteApi, { protocol: grpc({ protos }), deadline: '1s' })]);
  assert.equal(env?.safeParse({ NOTE_URL: 'grpcs://note:4000' }).success, true);
  const [issue] = env?.safeParse({ NOTE_URL: 'http://note:3000' }).error?.issues ?? [];
  assert.match(String(issue?.message), /grpc:\/\/ or grpcs:\/\//);
});
