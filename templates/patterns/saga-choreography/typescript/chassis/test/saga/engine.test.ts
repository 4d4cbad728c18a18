import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fireDue, type SagaContext, transition } from '../../src/saga/engine.ts';
import { history } from '../../src/saga/index.ts';
import { sweep } from '../../src/saga/part.ts';
import { lockDueSaga } from '../../src/saga/store.ts';
import { silentLogger } from '../../src/telemetry/index.ts';
import { until } from '../../src/testing/index.ts';
import { openStage, type Stage } from './stage.ts';
import { car, finalFlight, flight, hotel, tickets, trip } from './trip.ts';

const definition = trip();
const context: SagaContext = { definitions: [definition], log: silentLogger };

// One stage for all: each test has trips of its own.
const cleanups: (() => Promise<void>)[] = [];
let stage: Stage;
before(async () => {
  stage = await openStage(
    { after: (cleanup) => cleanups.push(cleanup) },
    {
      definitions: [definition],
      answers: (step, tripId) => (step === 'FlightBooked' && tripId.includes('full') ? 'refused' : 'ok'),
    },
  );
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const typesOf = async (tripId: string) => [...new Set((await stage.told(tripId)).map(({ type }) => type))];

const heardByTrip = async (tripId: string, type: string) => {
  const found = await stage.settle(tripId, (delivery) => delivery.type === type && delivery.to === 'trip');
  assert.ok(found, `${type} was never told`);
  return found;
};

const DONE = { HotelReserved: 'HELD', CarReserved: 'HELD', FlightBooked: 'HELD', TicketsSent: 'HELD' };
const UNDONE = { HotelReserved: 'UNDONE', CarReserved: 'UNDONE', FlightBooked: 'UNDONE' };

test('a saga runs to its end, and its history tells every event', async () => {
  assert.equal(await stage.begin('all well'), true);
  await stage.settle('all well');
  assert.equal(await stage.status('all well'), 'CONFIRMED');
  assert.deepEqual(await stage.steps('all well'), DONE);
  const entries = await history(stage.db, definition, 'all well');
  assert.deepEqual(
    entries.map(({ service, step, result }) => `${service} ${step} ${result}`),
    [
      'trip TripAccepted started',
      'hotel HotelReserved succeeded',
      'car CarReserved succeeded',
      'flight FlightBooked succeeded',
      'trip TripConfirmed confirmed',
      'hotel TicketsSent succeeded',
    ],
  );
});

test('a refused step makes everyone undo, and the saga is rejected with its reason', async () => {
  await stage.begin('full');
  await stage.settle('full');
  assert.equal(await stage.status('full'), 'REJECTED');
  assert.deepEqual(await stage.steps('full'), { ...UNDONE, FlightBooked: 'REFUSED' });
  const rejected = (await stage.told('full')).find(({ type }) => type === 'TripRejected');
  assert.deepEqual(JSON.parse(rejected?.payload ?? ''), { tripId: 'full', reason: 'full' });
  assert.equal(rejected?.headers['aggregate-version'], '2');
});

test('started twice, a saga runs once', async () => {
  assert.deepEqual([await stage.begin('twice'), await stage.begin('twice')], [true, false]);
  assert.equal((await stage.db.query(`SELECT FROM outbox WHERE key = 'twice'`)).rowCount, 1);
});

test('the pivot’s success has the row first: the deadline fires into nothing', async () => {
  await stage.begin('in time');
  const booked = await heardByTrip('in time', 'FlightBooked');
  await stage.expire('in time');
  await stage.deliver(booked, async () => assert.equal(await fireDue(stage.db, context), false));
  assert.equal(await fireDue(stage.db, context), false);
  await stage.settle('in time');
  assert.equal(await stage.status('in time'), 'CONFIRMED');
  assert.ok(!(await typesOf('in time')).includes('TripRejected'));
});

test('the deadline has the row first: the pivot’s success that waits for it is undone', async () => {
  await stage.begin('too late');
  const booked = await heardByTrip('too late', 'FlightBooked');
  await stage.expire('too late');
  let hearing: Promise<void> | undefined;
  await stage.db.transaction(async (tx) => {
    const instance = await lockDueSaga(tx, [definition]);
    assert.ok(instance);
    hearing = stage.deliver(booked);
    await until(blockedQuery, { limitMs: 5_000, what: 'a query waits for the lock' });
    await transition(tx, context, { instance, event: { type: 'deadline' } });
  });
  await hearing;
  assert.equal(await stage.status('too late'), 'COMPENSATING');
  await stage.settle('too late');
  assert.equal(await stage.status('too late'), 'REJECTED');
  assert.deepEqual(await stage.steps('too late'), UNDONE);
  assert.ok(!(await typesOf('too late')).includes('TripConfirmed'));
});

test('a rejection that overtakes the start leaves tombstones: what comes late is refused', async () => {
  await stage.begin('overtaken');
  await stage.expire('overtaken');
  assert.equal(await fireDue(stage.db, context), true);
  const told = await stage.told('overtaken');
  for (const delivery of told.filter(({ type }) => type === 'TripRejected')) await stage.deliver(delivery);
  for (const delivery of told.filter(({ type }) => type === 'TripAccepted')) await stage.deliver(delivery);
  await stage.settle('overtaken');
  assert.equal(await stage.status('overtaken'), 'REJECTED');
  const tombstones = { HotelReserved: 'TOMBSTONE', CarReserved: 'TOMBSTONE', FlightBooked: 'TOMBSTONE' };
  assert.deepEqual(await stage.steps('overtaken'), tombstones);
});

test('an end that is not answered is told again under another id, later each time', async () => {
  await stage.begin('unanswered');
  await stage.expire('unanswered');
  await sweep(stage.db, context);
  assert.equal(await fireDue(stage.db, context), false);
  for (let attempt = 2; attempt <= 4; attempt++) {
    await stage.expire('unanswered');
    await sweep(stage.db, context);
    const { rows } = await stage.db.query(
      `SELECT attempts, stuck, extract(epoch FROM retry_at - updated_at)::float8 AS wait FROM saga
        WHERE key = 'unanswered'`,
    );
    const longest = 10 * 2 ** (attempt - 1);
    assert.deepEqual([rows[0]?.attempts, rows[0]?.stuck], [attempt, attempt >= 3]);
    assert.ok(rows[0]?.wait > longest / 2 - 0.1 && rows[0]?.wait < longest + 0.1, `waits ${rows[0]?.wait} s`);
  }
  const told = (await stage.told('unanswered')).filter(
    ({ type, to }) => type === 'TripRejected' && to === 'car',
  );
  assert.equal(new Set(told.map(({ id }) => id)).size, 4);
  assert.equal(new Set(told.map(({ payload, headers }) => payload + headers['aggregate-version'])).size, 1);
  await stage.settle('unanswered');
  assert.equal(await stage.status('unanswered'), 'REJECTED');
});

test('a step that was lost after the pivot is done once the confirmation is told again', async () => {
  await stage.begin('lost');
  const lost = await stage.settle('lost', ({ type }) => type === 'TripConfirmed');
  assert.equal(lost?.to, 'hotel');
  await stage.expire('lost');
  await sweep(stage.db, context);
  const again = (await stage.told('lost')).filter(
    ({ type, id }) => type === 'TripConfirmed' && id !== lost.id,
  );
  assert.equal(again.length, 1);
  for (const delivery of again) await stage.deliver(delivery);
  await stage.settle('lost', ({ type }) => type === 'TripConfirmed');
  for (const delivery of await stage.told('lost'))
    if (delivery.type === 'TicketsSent') await stage.deliver(delivery);
  assert.equal(await stage.status('lost'), 'CONFIRMED');
});

test('repeated and reordered events end in the same rows', async () => {
  const ends: Record<string, Set<string>> = { confirmed: new Set(), rejected: new Set() };
  for (let number = 0; number < 20; number++) {
    const tripId = `${number % 2 ? 'full' : 'free'} ${number}`;
    const random = createRandom(number);
    await stage.begin(tripId);
    const seen = new Set<string>();
    const nameOf = ({ id, to }: { id: string; to: string }) => `${id} ${to}`;
    for (let extra = 15; ; ) {
      const told = await stage.told(tripId);
      const fresh = told.filter((delivery) => !seen.has(nameOf(delivery)));
      if (fresh.length === 0 && extra <= 0) break;
      const repeat = extra > 0 && (fresh.length === 0 || random() < 0.4);
      if (repeat) extra--;
      const from = repeat ? told.filter((delivery) => seen.has(nameOf(delivery))) : fresh;
      const delivery = from[Math.floor(random() * from.length)];
      if (!delivery) continue;
      seen.add(nameOf(delivery));
      await stage.deliver(delivery);
    }
    const { rows } = await stage.db.query('SELECT status, reason, stuck FROM saga WHERE key = $1', [tripId]);
    ends[number % 2 ? 'rejected' : 'confirmed']?.add(JSON.stringify([rows, await stage.steps(tripId)]));
  }
  const saga = (status: string, reason: string | null) => [{ status, reason, stuck: false }];
  assert.deepEqual(
    [...(ends.confirmed ?? [])].map((end) => JSON.parse(end)),
    [[saga('CONFIRMED', null), DONE]],
  );
  assert.deepEqual(
    [...(ends.rejected ?? [])].map((end) => JSON.parse(end)),
    [[saga('REJECTED', 'full'), { ...UNDONE, FlightBooked: 'REFUSED' }]],
  );
});

test('each service numbers what it tells about a trip', async () => {
  await stage.begin('numbered');
  await stage.settle('numbered');
  const told = (await stage.told('numbered')).filter(({ to }) => to === 'trip');
  assert.deepEqual(told.map(({ type, headers }) => `${type} ${headers['aggregate-version']}`).sort(), [
    'CarReserved 1',
    'FlightBooked 1',
    'HotelReserved 1',
    'TicketsSent 2',
  ]);
});

test('a pivot without undo that is in doubt at the deadline is asked until it answers', async (t) => {
  const table = trip([hotel, finalFlight, tickets]);
  const other = await openStage(t, { definitions: [table] });
  await other.begin('1');
  const lost = await other.settle('1', ({ type, to }) => type === 'HotelReserved' && to === 'flight');
  assert.ok(lost);
  await other.expire('1');
  await sweep(other.db, { ...context, definitions: [table] });
  assert.equal(await other.status('1'), 'IN_DOUBT');
  await other.settle('1');
  assert.equal(await other.status('1'), 'CONFIRMED');
});

test('an open saga finishes on the table it was started with', async (t) => {
  const old = trip([hotel, car, flight, tickets], { version: 1 });
  const other = await openStage(t, { definitions: [old, trip([hotel, flight], { version: 2 })] });
  await other.begin('1');
  await other.settle('1');
  assert.equal(await other.status('1'), 'CONFIRMED');
  assert.equal((await other.steps('1')).TicketsSent, 'HELD');
});

async function blockedQuery(): Promise<boolean> {
  const { rows } = await stage.db.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
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
