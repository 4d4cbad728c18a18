import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { ServiceError } from '@app/chassis/errors';
import type { Part } from '@app/chassis/lifecycle';
import { currentTraceparent } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import {
  type Client,
  connectivityState,
  Metadata,
  type ServiceError as RpcError,
  status,
} from '@grpc/grpc-js';
import { DETAILS_KEY, readDetails } from '../../src/grpc/details.ts';
import type { Check } from '../../src/grpc/index.ts';
import { all, ask, bareClient, type Handlers, type Note, next, serving, watchHealth } from './notes.ts';

const note = (id: number, state: Note['state'] = 'DRAFT'): Note => ({ id: String(id), text: 'x', state });

test('a note is got; a bad id, an unknown one, a NUL and a message that is too large get their status', (t) =>
  serving(t, { handlers: { get: async (id) => (id === '1' ? note(1) : undefined) } }, async ({ client }) => {
    assert.deepEqual(await ask(client, 'getNote', { id: '1' }), {
      id: '1',
      text: 'x',
      state: 'NOTE_STATE_DRAFT',
    });
    await assert.rejects(ask(client, 'getNote', { id: '2' }), {
      code: status.NOT_FOUND,
      details: 'Note not found',
    });
    await assert.rejects(ask(client, 'getNote', { id: 'not an id' }), (error: RpcError) => {
      assert.equal(error.code, status.INVALID_ARGUMENT);
      const { details } = readDetails(error.metadata.get(DETAILS_KEY)[0]);
      assert.deepEqual(
        details?.map(({ path }) => path),
        ['id'],
      );
      return true;
    });
    const unkeepable = ask(client, 'addNote', { text: 'a\0b' });
    await assert.rejects(unkeepable, { code: status.INVALID_ARGUMENT });
    const large = { text: 'x'.repeat(1024 * 1024 + 1) };
    await assert.rejects(ask(client, 'addNote', large), { code: status.RESOURCE_EXHAUSTED });
  }));

test('an error that nobody expected says nothing', (t) => {
  const get = () => Promise.reject(new Error('password is hunter2'));
  return serving(t, { handlers: { get } }, async ({ client }) => {
    const internal = { code: status.INTERNAL, details: 'Internal server error' };
    await assert.rejects(ask(client, 'getNote', { id: '1' }), internal);
  });
});

test('a call without a deadline has one of ten seconds, another the time that it came with', (t) => {
  const left: number[] = [];
  const get = async (_id: string, { deadline }: { deadline: number }) => {
    left.push(deadline - performance.now());
    return note(1);
  };
  return serving(t, { handlers: { get } }, async ({ client }) => {
    await new Promise((resolve) => client.getNote({ id: '1' }, {}, resolve));
    await new Promise((resolve) => client.getNote({ id: '1' }, { deadline: Date.now() + 5_000 }, resolve));
    const [without = 0, own = 0] = left;
    assert.ok(without > 5_000 && without <= 10_000, `${without} ms`);
    assert.ok(own <= 5_000, `${own} ms`);
  });
});

test('a handler works in the trace of its call', (t) => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  let current: string | undefined;
  const get = async () => {
    current = currentTraceparent();
    return note(1);
  };
  return serving(t, { handlers: { get } }, async ({ client }) => {
    const metadata = new Metadata();
    metadata.set('traceparent', `00-${trace}-00f067aa0ba902b7-01`);
    await new Promise((resolve) => client.getNote({ id: '1' }, metadata, {}, resolve));
    assert.equal(current?.slice(3, 35), trace);
  });
});

test('a handler that goes on past the deadline is not waited for', (t) => {
  let ended = false;
  const get = async (_id: string, { signal }: { signal: AbortSignal }) => {
    await once(signal, 'abort');
    ended = true;
    return new Promise<never>(() => {});
  };
  return serving(t, { handlers: { get } }, async ({ client }) => {
    const late = new Promise<void>((_resolve, reject) => {
      client.getNote({ id: '1' }, { deadline: Date.now() + 200 }, (error) => reject(error));
    });
    await assert.rejects(late, { code: status.DEADLINE_EXCEEDED });
    await until(() => ended, { limitMs: 2_000, what: 'the handler is told' });
  });
});

test('a repeated request has its effect once; its key is that of the same request over any protocol', (t) =>
  serving(t, {}, async ({ client, db }) => {
    const request = { text: 'first', idempotencyKey: 'k1' };
    const added = await ask(client, 'addNote', request);
    assert.deepEqual(await ask(client, 'addNote', request), added);
    const other = ask(client, 'addNote', { ...request, text: 'second' });
    await assert.rejects(other, { code: status.FAILED_PRECONDITION, details: /used for another request/ });
    const unfit = ask(client, 'addNote', { text: 'x', idempotencyKey: 'with space' });
    await assert.rejects(unfit, { code: status.INVALID_ARGUMENT });
    assert.equal((await db.query('SELECT FROM note')).rowCount, 1);
    const { rows } = await db.query('SELECT scope, key FROM idempotency_key');
    assert.deepEqual(rows, [{ scope: 'POST /api/notes', key: 'k1' }]);
  }));

test('while a request with the same key is carried out, another is to come again', (t) =>
  serving(t, { urlOptions: '?lock_timeout=200' }, async ({ client, db }) => {
    const key = { text: 'first', idempotencyKey: 'k1' };
    await db
      .transaction(async (tx) => {
        await tx.query(
          "INSERT INTO idempotency_key (scope, key, request_hash) VALUES ('POST /api/notes', 'k1', 'x')",
        );
        await assert.rejects(ask(client, 'addNote', key), { code: status.ABORTED });
        throw undo;
      })
      .catch((error) => assert.equal(error, undo));
    assert.equal((await ask(client, 'addNote', key)).text, 'first');
  }));

const undo = new Error('Nothing is kept');

test('while too much waits to be worked off, writes are refused and reads are served', (t) => {
  const busy: Part = { name: 'busy', start: async () => ({ overloaded: () => ({ retryAfter: 3 }) }) };
  return serving(t, { parts: [busy] }, async ({ client }) => {
    await assert.rejects(ask(client, 'addNote', { text: 'x' }), (error: RpcError) => {
      assert.equal(error.code, status.UNAVAILABLE);
      assert.deepEqual(readDetails(error.metadata.get(DETAILS_KEY)[0]), { retryAfter: 3 });
      return true;
    });
    assert.equal((await ask(client, 'getNote', { id: '1' })).id, '1');
  });
});

test('a check that runs before an operation refuses it', (t) => {
  let called = 0;
  const before = [
    ({ path, metadata }: Parameters<Check>[0]) => {
      assert.equal(path, 'note.v1.NoteService/GetNote');
      if (!metadata.get('authorization')[0]) throw new ServiceError('Unprocessable', 'Who are you?');
    },
  ];
  const get = async () => {
    called += 1;
    return note(1);
  };
  return serving(t, { before, handlers: { get } }, async ({ client }) => {
    const refused = { code: status.FAILED_PRECONDITION, details: 'Who are you?' };
    await assert.rejects(ask(client, 'getNote', { id: '1' }), refused);
    assert.equal(called, 0);
  });
});

/** Pages of `size` notes each, for ever; `asked` tells how many were made. */
function endless(size: number) {
  const asked: (string | undefined)[] = [];
  const text = 'x'.repeat(10_000);
  const list = async (after = '0') => {
    asked.push(after);
    return Array.from({ length: size }, (_, index) => ({ ...note(Number(after) + index + 1), text }));
  };
  return { asked, list };
}

test('a list is one stream, of page after page', (t) => {
  const list = async (after = '0') =>
    after === '4' ? [] : [note(Number(after) + 1), note(Number(after) + 2)];
  return serving(t, { handlers: { list } }, async ({ client }) => {
    const ids = (await all(client.listNotes({}))).map(({ id }) => id);
    assert.deepEqual(ids, ['1', '2', '3', '4']);
    assert.deepEqual(
      (await all(client.listNotes({ after: '2' }))).map(({ id }) => id),
      ['3', '4'],
    );
  });
});

test('what a list is asked for counts for every page', (t) => {
  const asked: unknown[] = [];
  const list = async (after: string | undefined, text: string | undefined) => {
    asked.push([after, text]);
    return after === '1' ? [] : [note(1)];
  };
  return serving(t, { handlers: { list } }, async ({ client }) => {
    await all(client.listNotes({ text: 'x' }));
    assert.deepEqual(asked, [
      [undefined, 'x'],
      ['1', 'x'],
    ]);
  });
});

test('a client that does not read holds the handler back, and one that goes away ends it', (t) => {
  const { asked, list } = endless(20);
  return serving(t, { handlers: { list } }, async ({ client }) => {
    const stream = client.listNotes({});
    stream.on('error', () => {});
    await once(stream, 'readable');
    const last = await standstill(asked);
    assert.ok(asked.length < 100, `${asked.length} pages of 200 KB were made`);
    stream.resume();
    await until(() => asked.length > last, { limitMs: 10_000, what: 'it goes on when the client reads' });
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.cancel();
    await closed;
    await standstill(asked);
  });
});

test('a client that has seen enough is no error of the service', (t) =>
  serving(t, { handlers: { get: async () => note(1) } }, async ({ client, metrics }) => {
    const stream = client.watchNote({ id: '1' });
    stream.on('error', () => {});
    await next(stream);
    stream.cancel();
    const counted = async () =>
      /^grpc_server_seconds_count\{.*WatchNote.*\}/m.exec(await metrics())?.[0] ?? '';
    await until(async () => (await counted()) !== '', { limitMs: 5_000, what: 'the call is counted' });
    assert.match(await counted(), /status="CANCELLED"/);
  }));

/** Waits until no page has been asked for over some looks in a row; how many there were. */
async function standstill(asked: readonly unknown[]): Promise<number> {
  let seen = -1;
  let looks = 0;
  await until(
    () => {
      looks = asked.length === seen ? looks + 1 : 0;
      seen = asked.length;
      return looks >= 10;
    },
    { limitMs: 10_000, what: 'no more pages are made' },
  );
  return seen;
}

test('what is watched is sent when it changes, until it is settled', (t) => {
  let state: Note['state'] = 'DRAFT';
  let looks = 0;
  const get = async () => {
    looks += 1;
    return note(1, state);
  };
  return serving(t, { handlers: { get } }, async ({ client }) => {
    const seen: string[] = [];
    const stream = client.watchNote({ id: '1' });
    stream.on('data', (one: { state: string }) => seen.push(one.state));
    await until(() => looks >= 3, { limitMs: 5_000, what: 'it is looked at again' });
    state = 'FINAL';
    await once(stream, 'end');
    assert.deepEqual(seen, ['NOTE_STATE_DRAFT', 'NOTE_STATE_FINAL']);
  });
});

test('a connection that has grown old is given up for a new one, and no call notices', (t) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = false;
  const list: Handlers['list'] = async () => {
    begun = true;
    await held;
    return [];
  };
  const options = { handlers: { list }, env: { GRPC_CONNECTION_AGE: '100ms' } };
  return serving(t, options, async ({ client }) => {
    const channel = (client as unknown as Client).getChannel();
    const inHand = all(client.listNotes({}));
    await until(() => begun, { limitMs: 10_000, what: 'a stream is open' });
    let connections = 0;
    const another = async () => {
      if (channel.getConnectivityState(false) !== connectivityState.READY) connections++;
      await ask(client, 'getNote', { id: '1' });
      return connections > 2;
    };
    await until(another, { limitMs: 30_000, what: 'two more connections' });
    release();
    assert.deepEqual(await inHand, []);
  });
});

test('while it drains, a list is sent to its end and no new call is taken', (t) => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const list = async (after?: string) => {
    if (after === '1') await gate;
    return after === '2' ? [] : [note(Number(after ?? 0) + 1)];
  };
  return serving(t, { handlers: { list } }, async ({ client, address, stop }) => {
    const stream = client.listNotes({});
    assert.equal((await next(stream)).id, '1');
    const stopped = stop();
    await until(() => isRefused(address), { limitMs: 5_000, what: 'new calls are refused' });
    go();
    assert.equal((await next(stream)).id, '2');
    await stopped;
  });
});

test('what is watched, and whoever watches its health, does not keep it from coming to an end', (t) =>
  serving(t, { handlers: { get: async () => note(1) } }, async ({ client, address, stop }) => {
    const watched = client.watchNote({ id: '1' });
    const health = watchHealth(address);
    const ended = once(health, 'error');
    await Promise.all([next(watched), once(health, 'data')]);
    const told = assert.rejects(all(watched), { code: status.UNAVAILABLE });
    let isStopped = false;
    void stop().then(() => {
      isStopped = true;
    });
    await until(() => isStopped, { limitMs: 8_000, what: 'it has stopped, long before the limit' });
    await Promise.all([told, ended]);
  }));

test('its health is that of the service: serving, not while a part is down, and not from when it leaves', (t) => {
  let status: 'up' | 'down' = 'up';
  const part: Part = { name: 'part', start: async () => ({ health: () => ({ status }) }) };
  return serving(t, { parts: [part] }, async ({ address, stop }) => {
    const told: string[] = [];
    const stream = watchHealth(address);
    stream.on('error', () => {});
    stream.on('data', (one: { status: string }) => told.push(one.status));
    const tells = (expected: string) =>
      until(() => told.at(-1) === expected, { limitMs: 5_000, what: `it is ${expected}` });
    await tells('SERVING');
    status = 'down';
    await tells('NOT_SERVING');
    status = 'up';
    await tells('SERVING');
    const stopped = stop();
    await tells('NOT_SERVING');
    stream.cancel();
    await stopped;
  });
});

async function isRefused(address: string): Promise<boolean> {
  const client = bareClient(address);
  try {
    return await ask(client, 'getNote', { id: '1' }).then(
      () => false,
      ({ code }) => code === status.UNAVAILABLE,
    );
  } finally {
    client.close();
  }
}
