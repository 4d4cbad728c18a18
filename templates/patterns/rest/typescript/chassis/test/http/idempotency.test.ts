import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { api, operation, type RequestContext, serves } from '@app/chassis/contract';
import { purgeKeys } from '@app/chassis/edge';
import { until } from '@app/chassis/testing';
import { z } from 'zod';
import { notes } from './notes.ts';
import { post, serving } from './serve.ts';

const answer = async (response: Response) => ({
  status: response.status,
  location: response.headers.get('location'),
  body: await response.json(),
});
const first = { status: 202, location: '/api/notes/1', body: { id: '1', text: 'first' } };

test('a repeated request gets the same answer, and its handler does not run again', (t) => {
  let calls = 0;
  const adding = () => void calls++;
  return serving(t, { routes: [notes({ adding })] }, async ({ url, db }) => {
    assert.deepEqual(await answer(await post(`${url}/api/notes`, { text: 'first' }, 'k1')), first);
    assert.deepEqual(await answer(await post(`${url}/api/notes`, { text: 'first' }, 'k1')), first);
    assert.equal(calls, 1);
    assert.equal((await db.query('SELECT 1 FROM note')).rowCount, 1);
  });
});

test('a client that never got the answer gets it when it asks again', (t) =>
  serving(t, { routes: [notes()] }, async ({ url, db }) => {
    const body = JSON.stringify({ text: 'first' });
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'k1' };
    const lost = request(`${url}/api/notes`, { method: 'POST', headers }).on('error', () => {});
    // Gone at the moment of the commit: the answer has nowhere to go.
    const blocker = db.transaction(async (tx) => {
      await tx.query('LOCK TABLE note');
      lost.end(body);
      await until(async () => (await db.query(WAITING)).rowCount, {
        limitMs: 60_000,
        what: 'the insert waits',
      });
      lost.destroy();
    });
    await blocker;
    await until(async () => (await db.query('SELECT 1 FROM note')).rowCount, {
      limitMs: 60_000,
      what: 'commit',
    });

    assert.deepEqual(await answer(await post(`${url}/api/notes`, { text: 'first' }, 'k1')), first);
    assert.equal((await db.query('SELECT 1 FROM note')).rowCount, 1);
  }));

const WAITING = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO note%'`;

test('requests with the same key at the same time have one effect', (t) =>
  serving(t, { routes: [notes()] }, async ({ url, db }) => {
    const send = () => post(`${url}/api/notes`, { text: 'first' }, 'k1').then(answer);
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    assert.deepEqual(answers, Array(8).fill(first));
    assert.equal((await db.query('SELECT 1 FROM note')).rowCount, 1);
  }));

test('a request that waits too long for the one with the same key gets 409', (t) => {
  let release = () => {};
  const inTransaction = () =>
    new Promise<void>((resolve) => {
      release = resolve;
    });
  const options = { routes: [notes({ inTransaction })], urlOptions: '?lock_timeout=200' };
  return serving(t, options, async ({ url, db }) => {
    const slow = post(`${url}/api/notes`, { text: 'first' }, 'k1');
    await until(async () => (await db.query(IN_TRANSACTION)).rowCount, {
      limitMs: 60_000,
      what: 'it has begun',
    });
    const second = await post(`${url}/api/notes`, { text: 'first' }, 'k1');
    assert.equal(second.status, 409);
    release();
    assert.deepEqual(await answer(await slow), first);
  });
});

const IN_TRANSACTION = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE 'INSERT INTO note%'`;

test('the same key with another body is 422', (t) =>
  serving(t, { routes: [notes()] }, async ({ url }) => {
    await post(`${url}/api/notes`, { text: 'first' }, 'k1');
    const other = await post(`${url}/api/notes`, { text: 'second' }, 'k1');
    assert.equal(other.status, 422);
    assert.match(((await other.json()) as { error: string }).error, /used for another request/);
    assert.equal((await post(`${url}/api/notes`, { text: 'second' }, 'k2')).status, 202);
  }));

const Text = z.object({ text: z.string() });
const keyed = { summary: 'Keeps a text', output: Text, idempotencyKey: true } as const;
const example = { input: { text: 'first' }, output: { text: 'first' } };
const one = { input: { id: '1', text: 'first' }, output: { text: 'first' } };
const DraftApi = api('draft', {
  addDraft: operation({ ...keyed, method: 'POST', path: '/api/drafts', input: Text, example }),
  keepDrafts: operation({ ...keyed, method: 'PUT', path: '/api/drafts', input: Text, example }),
  keepDraft: operation({
    ...{ ...keyed, method: 'PUT', path: '/api/drafts/:id', example: one },
    input: Text.extend({ id: z.string() }),
  }),
});

test('the same key on another path or with another method is another key', (t) => {
  const ran: string[] = [];
  const keep =
    (name: string) =>
    (input: { text: string; id?: string }, { transaction }: RequestContext<{ text: string }>) =>
      transaction(async () => {
        ran.push(`${name} ${input.id ?? 'all'}`);
        return input;
      });
  const drafts = serves(DraftApi, {
    addDraft: keep('add'),
    keepDrafts: keep('keep'),
    keepDraft: keep('keep'),
  });
  return serving(t, { routes: [drafts] }, async ({ url }) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'k1' };
    const send = (method: string, path: string) =>
      fetch(url + path, { method, headers, body: '{"text":"first"}' }).then(({ status }) => status);
    // Each is repeated after the others: none has taken its key away.
    for (const _ of [1, 2]) {
      assert.equal(await send('POST', '/api/drafts'), 200);
      assert.equal(await send('PUT', '/api/drafts'), 200);
      assert.equal(await send('PUT', '/api/drafts/1'), 200);
      assert.equal(await send('PUT', '/api/drafts/2'), 200);
    }
    assert.deepEqual(ran, ['add all', 'keep all', 'keep 1', 'keep 2']);
  });
});

test('a failed request stores nothing: repeated with the same key it is carried out', (t) => {
  let failing = true;
  const inTransaction = async () => {
    if (failing) throw new Error('no luck');
  };
  return serving(t, { routes: [notes({ inTransaction })] }, async ({ url, db }) => {
    assert.equal((await post(`${url}/api/notes`, { text: 'first' }, 'k1')).status, 500);
    assert.equal((await db.query('SELECT 1 FROM note')).rowCount, 0);
    failing = false;
    const again = await answer(await post(`${url}/api/notes`, { text: 'first' }, 'k1'));
    assert.deepEqual([again.status, again.location], [202, '/api/notes/2']);
  });
});

test('without a key a request is one transaction all the same', (t) => {
  const inTransaction = () => Promise.reject(new Error('no luck'));
  return serving(t, { routes: [notes({ inTransaction })] }, async ({ url, db }) => {
    assert.equal((await post(`${url}/api/notes`, { text: 'first' })).status, 500);
    assert.equal((await db.query('SELECT 1 FROM note')).rowCount, 0);
  });
});

test('a key that cannot be one is refused', (t) =>
  serving(t, { routes: [notes()] }, async ({ url }) => {
    for (const key of ['', 'x'.repeat(256), 'with space']) {
      assert.equal((await post(`${url}/api/notes`, { text: 'first' }, key)).status, 400);
    }
  }));

test('keys are kept for a day, then purged in batches', (t) =>
  serving(t, { routes: [notes()] }, async ({ db }) => {
    await db.query(`INSERT INTO idempotency_key (scope, key, request_hash, created_at)
      SELECT 'POST /x', n::text, '', clock_timestamp() - (n || ' hours')::interval
        FROM generate_series(1, 2500) AS n`);
    await purgeKeys(db);
    const { rows } = await db.query(
      'SELECT max(key::int) AS oldest, count(*)::int AS kept FROM idempotency_key',
    );
    assert.deepEqual(rows, [{ oldest: 23, kept: 23 }]);
  }));
