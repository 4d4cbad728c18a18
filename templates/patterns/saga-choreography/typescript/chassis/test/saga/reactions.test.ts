import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '../../src/database/index.ts';
import { startExternalCalls } from '../../src/messaging/external.ts';
import {
  calls,
  declareDestinations,
  type Envelope,
  enqueue,
  type Handler,
  handles,
} from '../../src/messaging/index.ts';
import { allOf, reactions } from '../../src/saga/index.ts';
import { silentLogger } from '../../src/telemetry/index.ts';
import { testDatabase, until } from '../../src/testing/index.ts';
import { car, flight, TripAccepted, TripRejected } from './trip.ts';

const cleanups: (() => Promise<void>)[] = [];
let db: Database;
before(async () => {
  const folders = ['messaging', 'facts'].map(
    (folder) => new URL(`../../migrations/${folder}`, import.meta.url).pathname,
  );
  db = await testDatabase({ after: (cleanup) => cleanups.push(cleanup) }, { folders });
  declareDestinations([{ name: 'flight-events', kind: 'events', groups: [] }]);
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const accepted = (tripId: string) => ({ type: TripAccepted.type, data: { tripId, seats: 2 } });
const reserved = (tripId: string) => ({ type: car.succeeded.type, data: { tripId, plate: 'A 1' } });
let ids = 0;

/** @returns in how many attempts */
async function deliver(
  handlers: readonly Handler[],
  { type, data }: { type: string; data: { tripId: string } },
): Promise<number> {
  const envelope: Envelope = {
    id: `message ${ids++}`,
    source: 'test',
    type,
    schemaVersion: 1,
    time: '2030-01-01T12:00:00.000Z',
    aggregateId: data.tripId,
    correlationId: `book-trip:${data.tripId}`,
  };
  let attempts = 0;
  await db.transaction(async (tx) => {
    attempts++;
    for (const { message, handle } of handlers) {
      if (message.type !== type) continue;
      await enqueue(tx, await handle(data, { tx, envelope, log: silentLogger }), { cause: envelope });
    }
  });
  return attempts;
}

async function told(tripId: string): Promise<string[]> {
  const { rows } = await db.query<{ type: string; version: string }>(
    `SELECT type, headers ->> 'aggregate-version' AS version FROM outbox WHERE key = $1 ORDER BY seq`,
    [tripId],
  );
  return rows.map(({ type, version }) => `${type} ${version}`);
}

/** What is kept of the events about a trip. */
async function noted(tripId: string): Promise<string> {
  const { rows } = await db.query<{ facts: object }>('SELECT facts FROM saga_fact WHERE key = $1', [tripId]);
  return JSON.stringify(rows[0]?.facts);
}

/** A participant that notes with what its function was started. */
function booking() {
  const started: object[] = [];
  const handlers = reactions([
    handles(allOf(TripAccepted, car.succeeded), async (data) => {
      started.push(data);
      return flight.succeeded({ tripId: data.tripId });
    }),
  ]);
  return { started, handlers };
}

test('a function that needs two events starts with the fields of both, whichever comes last', async () => {
  for (const [tripId, order] of Object.entries({
    'in order': [accepted, reserved],
    'in reverse': [reserved, accepted],
  })) {
    const { started, handlers } = booking();
    const [first, second] = order;
    await deliver(handlers, (first as typeof accepted)(tripId));
    assert.deepEqual(started, []);
    await deliver(handlers, (second as typeof accepted)(tripId));
    assert.deepEqual(started, [{ tripId, seats: 2, plate: 'A 1' }]);
  }
});

test('two events that come at the same time start the function', async () => {
  for (let i = 0; i < 20; i++) {
    const { started, handlers } = booking();
    const tripId = `together ${i}`;
    await Promise.all([accepted(tripId), reserved(tripId)].map((event) => deliver(handlers, event)));
    assert.equal(started.length, 1, tripId);
  }
});

test('events that are told again are answered again, under the next number', async () => {
  const { handlers } = booking();
  for (const event of [accepted('a'), reserved('a'), reserved('a'), accepted('a')])
    await deliver(handlers, event);
  assert.deepEqual(await told('a'), ['FlightBooked 1', 'FlightBooked 2']);
});

test('what events said is forgotten once it is answered, or the saga turned back before all had come', async () => {
  const handlers = reactions([
    handles(allOf(TripAccepted, car.succeeded), async ({ tripId }) => flight.succeeded({ tripId })),
    handles(TripRejected, async ({ tripId }) => flight.undone?.({ tripId })),
  ]);
  await deliver(handlers, accepted('answered'));
  assert.match(await noted('answered'), /seats/);
  await deliver(handlers, reserved('answered'));
  assert.equal(await noted('answered'), '{}');
  await deliver(handlers, accepted('turned back'));
  await deliver(handlers, {
    type: TripRejected.type,
    data: { tripId: 'turned back', reason: 'full' } as never,
  });
  assert.equal(await noted('turned back'), '{}');
});

test('a handler that answers one event takes nothing from another one that needs it too', async () => {
  const handlers = reactions([
    handles(allOf(TripAccepted, car.succeeded), async ({ tripId }) => flight.succeeded({ tripId })),
    handles(TripAccepted, async ({ tripId }) => flight.undone?.({ tripId })),
  ]);
  await deliver(handlers, accepted('shared'));
  await deliver(handlers, reserved('shared'));
  assert.deepEqual(await told('shared'), ['FlightCancelled 1', 'FlightBooked 2']);
});

test('a function that fails leaves nothing noted of the event that started it', async () => {
  let isDown = true;
  const handlers = reactions([
    handles(allOf(TripAccepted, car.succeeded), async ({ tripId }) => {
      if (isDown) throw new Error('no connection');
      return flight.succeeded({ tripId });
    }),
  ]);
  await deliver(handlers, accepted('failing'));
  await assert.rejects(deliver(handlers, reserved('failing')), /no connection/);
  isDown = false;
  await deliver(handlers, accepted('failing'));
  assert.deepEqual(await told('failing'), []);
  await deliver(handlers, reserved('failing'));
  assert.deepEqual(await told('failing'), ['FlightBooked 1']);
});

test('a call of the outside world is started by two events, in any order, and made under one key', async () => {
  const asked: { idempotencyKey: string; plate: string }[] = [];
  const handlers = reactions([
    calls(allOf(TripAccepted, car.succeeded), {
      before: async () => undefined,
      call: async ({ plate }, { idempotencyKey }) => void asked.push({ idempotencyKey, plate }),
      after: async ({ tripId }) => flight.succeeded({ tripId }),
    }),
    calls(TripRejected, {
      before: async () => undefined,
      call: async (_data, { idempotencyKey }) => void asked.push({ idempotencyKey, plate: 'none' }),
      after: async ({ tripId }) => flight.undone?.({ tripId }),
    }),
  ]);
  const calling = handlers.filter((handler) => 'external' in handler);
  const loop = startExternalCalls(db, { handlers: calling as never, log: silentLogger });
  try {
    await deliver(handlers, reserved('call'));
    await deliver(handlers, accepted('call'));
    await until(async () => (await told('call')).length === 1, { limitMs: 10_000, what: 'the answer' });
    assert.equal(await noted('call'), '{}');
    await deliver(handlers, accepted('call'));
    await deliver(handlers, reserved('call'));
    await until(async () => (await told('call')).length === 2, { limitMs: 10_000, what: 'it again' });
    await deliver(handlers, { type: TripRejected.type, data: { tripId: 'call', reason: 'full' } as never });
    await until(async () => (await told('call')).length === 3, {
      limitMs: 10_000,
      what: 'the other answers',
    });
  } finally {
    await loop.stop();
  }
  assert.deepEqual(await told('call'), ['FlightBooked 1', 'FlightBooked 2', 'FlightCancelled 3']);
  assert.deepEqual(
    [...new Set(asked.map(({ idempotencyKey, plate }) => `${idempotencyKey} ${plate}`))],
    ['book-trip:call:CarReserved A 1', 'book-trip:call:TripRejected none'],
  );
});

test('events that are told again while the outcome of their call is written wait for it, and nothing is done over', async () => {
  const ran: string[] = [];
  const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  let again: Promise<number> | undefined;
  const handlers = reactions([
    calls(TripAccepted, {
      before: async () => void ran.push('before'),
      call: async () => {},
      after: async ({ tripId }) => {
        if (ran.push('after') === 2) {
          again = deliver(handlers, accepted('again'));
          await until(async () => (await db.query(waits)).rowCount, {
            limitMs: 5_000,
            what: 'the second waits',
          });
        }
        return flight.succeeded({ tripId });
      },
    }),
  ]);
  const loop = startExternalCalls(db, { handlers: handlers as never, log: silentLogger });
  try {
    await deliver(handlers, accepted('again'));
    await until(async () => (await told('again')).length === 2, { limitMs: 10_000, what: 'two answers' });
    assert.equal(await again, 1);
  } finally {
    await loop.stop();
  }
  assert.deepEqual(ran, ['before', 'after', 'before', 'after']);
});
