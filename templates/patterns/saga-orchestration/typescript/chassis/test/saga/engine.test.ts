import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../src/database/index.ts';
import { list, readAnswer, request } from '../../src/saga/admin.ts';
import { fireDue, type SagaContext, transition } from '../../src/saga/engine.ts';
import { history, type SagaDefinition } from '../../src/saga/index.ts';
import { sweep } from '../../src/saga/part.ts';
import { lockDueSaga } from '../../src/saga/store.ts';
import { silentLogger } from '../../src/telemetry/index.ts';
import { until } from '../../src/testing/index.ts';
import { openStage, type Stage } from './stage.ts';
import { car, flight, hotel, tickets, trip } from './trip.ts';

const definition = trip();
const context: SagaContext = { definitions: [definition], log: silentLogger };

const typesOf = async (stage: Stage, tripId = '1') => (await stage.sent(tripId)).map(({ type }) => type);

/** Delivers messages until one of `type` is sent; returns that one, undelivered. */
async function settleUntil(stage: Stage, type: string, tripId = '1') {
  for (let delivered = 0; ; delivered++) {
    const message = (await stage.sent(tripId))[delivered];
    assert.ok(message, `${type} was never sent`);
    if (message.type === type) return message;
    await stage.deliver(message);
  }
}

test('a saga runs to its end, says so once, and its history tells every step', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  assert.equal(await stage.begin('1'), true);
  await stage.settle('1');
  assert.equal(await stage.status('1'), 'CONFIRMED');
  assert.equal((await typesOf(stage)).at(-1), 'TripConfirmed');
  const entries = await history(stage.db, definition, '1');
  assert.deepEqual(
    entries.map(({ service, step, result }) => `${service} ${step} ${result}`),
    [
      'trip book-trip started',
      'hotel ReserveHotel sent',
      'hotel ReserveHotel succeeded',
      'car ReserveCar sent',
      'car ReserveCar succeeded',
      'flight BookFlight sent',
      'flight BookFlight succeeded',
      'hotel SendTickets sent',
      'hotel SendTickets succeeded',
      'trip book-trip confirmed',
    ],
  );
});

test('a refused step undoes the others and rejects with its reason', async (t) => {
  const answers = (step: string) => (step === 'BookFlight' ? 'refused' : 'ok');
  const stage = await openStage(t, { definitions: [definition], answers });
  await stage.begin('1');
  await stage.settle('1');
  assert.equal(await stage.status('1'), 'REJECTED');
  const last = (await stage.sent('1')).at(-1);
  assert.equal(last?.type, 'TripRejected');
  assert.deepEqual(JSON.parse(last?.payload ?? ''), { tripId: '1', reason: 'full' });
  const { rows } = await stage.db.query('SELECT step, state FROM saga_step ORDER BY step');
  assert.deepEqual(rows, [
    { step: 'BookFlight', state: 'REFUSED' },
    { step: 'ReserveCar', state: 'UNDONE' },
    { step: 'ReserveHotel', state: 'UNDONE' },
  ]);
});

test('started twice, a saga runs once', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  assert.deepEqual([await stage.begin('1'), await stage.begin('1')], [true, false]);
  assert.deepEqual(await typesOf(stage), ['ReserveHotel']);
});

test('the reply of the pivot has the row first: the deadline fires into nothing', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.deliver(await settleUntil(stage, 'BookFlight'));
  const booked = (await stage.sent('1')).find(({ type }) => type === 'FlightBooked');
  assert.ok(booked);
  await stage.expire('1');
  await stage.deliver(booked, async () => assert.equal(await fireDue(stage.db, context), false));
  assert.equal(await fireDue(stage.db, context), false);
  await stage.settle('1');
  assert.equal(await stage.status('1'), 'CONFIRMED');
  assert.ok(!(await typesOf(stage)).some((type) => type.startsWith('Cancel')));
});

test('the deadline has the row first: the reply of the pivot that waits for it is ignored and undone', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.deliver(await settleUntil(stage, 'BookFlight'));
  const booked = (await stage.sent('1')).find(({ type }) => type === 'FlightBooked');
  assert.ok(booked);
  await stage.expire('1');
  let reply: Promise<void> | undefined;
  await stage.db.transaction(async (tx) => {
    const instance = await lockDueSaga(tx, [definition]);
    assert.ok(instance);
    reply = stage.deliver(booked);
    await untilBlocked(stage.db);
    await transition(tx, context, { instance, event: { type: 'deadline' } });
  });
  await reply;
  assert.equal(await stage.status('1'), 'COMPENSATING');
  await stage.settle('1');
  assert.equal(await stage.status('1'), 'REJECTED');
  const { rows } = await stage.db.query(`SELECT step FROM saga_step WHERE state <> 'UNDONE'`);
  assert.deepEqual(rows, []);
});

test('a command that arrives after its compensation is refused', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  const late = await settleUntil(stage, 'ReserveCar');
  await stage.expire('1');
  await sweep(stage.db, context);
  const cancel = (await stage.sent('1')).find(({ type }) => type === 'CancelCar');
  assert.ok(cancel);
  await stage.deliver(cancel);
  await stage.deliver(late);
  await stage.settle('1');
  assert.equal(await stage.status('1'), 'REJECTED');
  const { rows } = await stage.db.query(`SELECT state FROM saga_step WHERE step = 'ReserveCar'`);
  assert.deepEqual(rows, [{ state: 'TOMBSTONE' }]);
});

test('a command that ended in the dead letters turns the saga back, and is undone too', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  const { headers } = await settleUntil(stage, 'ReserveCar');
  const { id: commandId = '', 'correlation-id': correlation = '' } = headers;
  await stage.deliver({
    seq: '',
    key: commandId,
    type: 'CommandFailed',
    headers: {
      id: 'failed',
      type: 'CommandFailed',
      'causation-id': commandId,
      'correlation-id': correlation,
    },
    payload: JSON.stringify({ commandId, type: 'ReserveCar', reason: 'no such table' }),
  });
  assert.equal((await typesOf(stage)).at(-1), 'CancelCar');
  const failed = (await history(stage.db, definition, '1')).find(({ result }) => result === 'failed');
  assert.deepEqual([failed?.step, failed?.reason], ['ReserveCar', 'no such table']);
});

test('commands from before the pivot expire with the deadline, the others never', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.settle('1');
  const sent = await stage.sent('1');
  const expiry = (type: string) => sent.find((message) => message.type === type)?.headers['expires-at'];
  const { rows } = await stage.db.query<{ started_at: Date }>('SELECT started_at FROM saga');
  assert.ok(rows[0]);
  const lifetime = Date.parse(expiry('BookFlight') ?? '') - rows[0].started_at.getTime();
  assert.ok(Math.abs(lifetime - 30_000) < 1_000, `expires after ${lifetime} ms`);
  assert.equal(expiry('SendTickets'), undefined);
});

test('three sweepers side by side fire each deadline once', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  const trips = Array.from({ length: 90 }, (_, i) => `${i}`);
  for (const tripId of trips) await stage.begin(tripId);
  await stage.expire(...trips);
  await Promise.all([1, 2, 3].map(() => sweep(stage.db, context)));
  const { rows } = await stage.db.query(
    `SELECT count(*)::int AS fired, count(DISTINCT key)::int AS sagas FROM saga_log WHERE result = 'deadline'`,
  );
  assert.deepEqual(rows, [{ fired: 90, sagas: 90 }]);
  const undone = await stage.db.query(`SELECT key FROM outbox WHERE type = 'CancelHotel'`);
  assert.equal(undone.rowCount, 90);
});

test('one sweep fires no more than its limit', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  const trips = Array.from({ length: 101 }, (_, i) => `${i}`);
  for (const tripId of trips) await stage.begin(tripId);
  await stage.expire(...trips);
  await sweep(stage.db, context);
  const { rowCount } = await stage.db.query(`SELECT 1 FROM saga_log WHERE result = 'deadline'`);
  assert.equal(rowCount, 100);
});

test('an unanswered compensation is sent again, later each time', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.expire('1');
  await sweep(stage.db, context);
  assert.equal(await fireDue(stage.db, context), false);
  for (let attempt = 2; attempt <= 4; attempt++) {
    await stage.expire('1');
    await sweep(stage.db, context);
    const { rows } = await stage.db.query(
      'SELECT attempts, stuck, extract(epoch FROM retry_at - updated_at)::float8 AS wait FROM saga',
    );
    const longest = 10 * 2 ** (attempt - 1);
    assert.equal(rows[0]?.attempts, attempt);
    assert.equal(rows[0]?.stuck, attempt >= 3);
    assert.ok(rows[0]?.wait > longest / 2 - 0.1 && rows[0]?.wait < longest + 0.1, `waits ${rows[0]?.wait} s`);
  }
  const compensations = (await stage.sent('1')).filter(({ type }) => type === 'CancelHotel');
  assert.deepEqual(
    compensations.map(({ headers }) => headers.attempt),
    [undefined, '2', '3', '4'],
  );
  await stage.settle('1');
  assert.equal(await stage.status('1'), 'REJECTED');
});

test('what a saga was about is kept until its end', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  const data = async () => (await stage.db.query(`SELECT state -> 'data' AS data FROM saga`)).rows[0]?.data;
  await stage.begin('1');
  await settleUntil(stage, 'SendTickets');
  assert.deepEqual(await data(), { tripId: '1', plate: 'A 1' });
  await stage.settle('1');
  assert.deepEqual(await data(), {});
});

test('repeated and reordered messages end in the same rows', async (t) => {
  const answers = (step: string, tripId: string) =>
    step === 'BookFlight' && Number(tripId) % 2 ? 'refused' : 'ok';
  const stage = await openStage(t, { definitions: [definition], answers });
  const ends: Record<string, Set<string>> = { confirmed: new Set(), rejected: new Set() };
  for (let trip = 0; trip < 20; trip++) {
    const tripId = `${trip}`;
    const random = createRandom(trip);
    await stage.begin(tripId);
    const seen = new Set<string>();
    for (let extra = 30; ; ) {
      const sent = await stage.sent(tripId);
      const fresh = sent.filter(({ seq }) => !seen.has(seq));
      if (fresh.length === 0 && extra === 0) break;
      const repeat = extra > 0 && (fresh.length === 0 || random() < 0.5);
      if (repeat) extra--;
      const from = repeat ? sent.filter(({ seq }) => seen.has(seq)) : fresh;
      const message = from[Math.floor(random() * from.length)];
      if (!message) continue;
      seen.add(message.seq);
      await stage.deliver(message);
    }
    ends[trip % 2 ? 'rejected' : 'confirmed']?.add(await readRows(stage.db, tripId));
  }
  assert.equal(ends.confirmed?.size, 1, [...(ends.confirmed ?? [])].join('\n'));
  assert.equal(ends.rejected?.size, 1, [...(ends.rejected ?? [])].join('\n'));
});

test('an open saga finishes on the table it was started with', async (t) => {
  const old = trip([hotel, car, flight, tickets], { version: 1 });
  const stage = await openStage(t, { definitions: [old, trip([hotel, flight], { version: 2 })] });
  await stage.begin('1');
  await stage.settle('1');
  assert.ok((await typesOf(stage)).includes('ReserveCar'));
  assert.equal(await stage.status('1'), 'CONFIRMED');
});

test('a saga that cannot be handled does not hold back the others, and an operator sees it until it can be', async (t) => {
  const broken: SagaDefinition = {
    ...definition,
    steps: [{ ...hotel, undo: { ...hotel.call, schema: car.succeeded.schema } as typeof hotel.call }],
  };
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.begin('2');
  await stage.db.query(`UPDATE saga SET version = 9 WHERE key = '1'`);
  await stage.expire('1', '2');
  await sweep(stage.db, { ...context, definitions: [{ ...broken, version: 9 }, definition] });
  assert.deepEqual([await stage.status('1'), await stage.status('2')], ['RUNNING', 'COMPENSATING']);
  const stuck = async () => (await list(stage.db, { which: 'stuck' })).map(({ key }) => key);
  assert.deepEqual(await stuck(), ['1']);

  await stage.expire('1');
  await sweep(stage.db, { ...context, definitions: [{ ...definition, version: 9 }, definition] });
  assert.equal(await stage.status('1'), 'COMPENSATING');
  assert.deepEqual(await stuck(), []);
});

test('what an operator asks about a saga is done by an instance that knows its version', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.begin('2');
  await stage.db.query(`UPDATE saga SET version = 9 WHERE key = '1'`);
  const { name } = definition;
  const newer = await request(stage.db, { name, key: '1' }, 'abort');
  const known = await request(stage.db, { name, key: '2' }, 'abort');
  await sweep(stage.db, { ...context, definitions: [definition] });
  assert.deepEqual([await readAnswer(stage.db, newer), await readAnswer(stage.db, known)], [undefined, null]);

  await sweep(stage.db, { ...context, definitions: [{ ...definition, version: 9 }] });
  assert.equal(await readAnswer(stage.db, newer), null);
  assert.equal(await stage.status('1'), 'COMPENSATING');
});

test('of a saga that has ended an operator is told so, also when no instance knows its version any more', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.db.query(
    `UPDATE saga SET version = 9, status = 'REJECTED', ended_at = clock_timestamp() WHERE key = '1'`,
  );
  const asked = await request(stage.db, { name: definition.name, key: '1' }, 'retry');
  await sweep(stage.db, { ...context, definitions: [definition] });
  assert.equal(await readAnswer(stage.db, asked), 'it has ended as REJECTED');
});

async function readRows(db: Database, tripId: string): Promise<string> {
  const queries = [
    "SELECT status, state - 'lastCommandId' AS state, attempts, reason, stuck FROM saga WHERE key = $1",
    'SELECT service, step, result, reason FROM saga_log WHERE key = $1 ORDER BY seq',
    'SELECT step, state, outcome FROM saga_step WHERE key = $1 ORDER BY step',
    `SELECT type FROM outbox WHERE key = $1 AND type LIKE 'Trip%'`,
  ];
  const results = await Promise.all(queries.map((query) => db.query(query, [tripId])));
  return JSON.stringify(results.map(({ rows }) => rows)).replaceAll(`"tripId":"${tripId}"`, '');
}

async function untilBlocked(db: Database): Promise<void> {
  const query = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  const blocked = async () => (await db.query(query)).rowCount;
  await until(blocked, { limitMs: 5_000, what: 'a query waits for the lock' });
}

/** Mulberry32: the same numbers for the same seed, so that a failure can be repeated. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
