import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '@app/chassis/database';
import {
  type DeadLetter,
  declareDestinations,
  type Handler,
  handles,
  type IncomingMessage,
  NotThisInstance,
} from '@app/chassis/messaging';
import { type Metrics, noMetrics, silentLogger } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { watchBacklog } from '../../src/messaging/backlog.ts';
import { createReceiver } from '../../src/messaging/consumer.ts';
import { startRetries } from '../../src/messaging/retry.ts';
import {
  AddPoints,
  addPoints,
  channels,
  fakeTransport,
  incoming,
  pointsOf,
  quickRetries,
  serviceDatabase,
} from './world.ts';

declareDestinations(channels);

function service(db: Database, handler: Handler) {
  const letters: DeadLetter[] = [];
  const [channel] = channels;
  assert.ok(channel);
  const receive = createReceiver({
    ...{
      db,
      channel,
      group: 'score-processor',
      retries: quickRetries,
      log: silentLogger,
      metrics: noMetrics,
    },
    transport: fakeTransport({ deadLetter: async (letter) => void letters.push(letter) }),
    handlers: new Map([['AddPoints', [handler]]]),
  });
  const start = () => startRetries(db, { receivers: new Map([['scores', receive]]), log: silentLogger });
  return { receive, letters, start };
}

/** As a broker hands it out that keeps no count of attempts. */
function uncounted(data: unknown): IncomingMessage {
  const { attempt: _, ...message } = incoming(data);
  return message;
}

const waiting = async (db: Database) => (await db.query('SELECT attempts FROM retry')).rows;

/** Tries what waits until it does not wait any more. */
async function workOff(db: Database, start: ReturnType<typeof service>['start']): Promise<void> {
  const worker = start();
  try {
    await until(async () => (await waiting(db)).length === 0, { limitMs: 5_000, what: 'no message waiting' });
  } finally {
    await worker.stop();
  }
}

test('without a count of the broker, attempts are counted in the own database', async (t) => {
  const db = await serviceDatabase(t);
  let failures = 2;
  const { receive, letters, start } = service(
    db,
    handles(AddPoints, async (data, context) => {
      if (failures-- > 0) throw new Error('not yet');
      return addPoints.handle(data, context);
    }),
  );
  assert.deepEqual(await receive(uncounted({ player: 'ann', points: 3 })), { action: 'done' });
  assert.deepEqual(await waiting(db), [{ attempts: 1 }]);

  await workOff(db, start);
  assert.equal(await pointsOf(db), 3);
  assert.deepEqual(letters, []);
});

test('how many wait to be tried again is measured', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, start } = service(db, addPoints);
  await receive({ ...uncounted({ player: 'ann', points: 3 }), redelivered: true });
  const values = new Map<string, number>();
  const metrics: Metrics = {
    ...noMetrics,
    gauge: (name) => ({ set: (_labels, value) => void values.set(name, value) }),
  };
  const backlog = watchBacklog(db, { limits: { rows: 9, age: '1h' }, metrics, log: silentLogger });
  const count = () => {
    backlog.wake();
    return values.get('messages_retrying');
  };
  try {
    await until(() => count() === 1, { limitMs: 5_000, what: 'one message that waits' });
    await workOff(db, start);
    await until(() => count() === 0, { limitMs: 5_000, what: 'none that waits' });
  } finally {
    await backlog.stop();
  }
});

test('what another instance has to handle waits for it in the database, and no attempt is counted', async (t) => {
  const db = await serviceDatabase(t);
  const old = handles(AddPoints, async () => {
    throw new NotThisInstance('this game is of a later version');
  });
  const { receive, letters, start } = service(db, old);
  assert.deepEqual(await receive(uncounted({ player: 'ann', points: 3 })), { action: 'done' });
  const reasons = async () => (await db.query<{ reason: string }>('SELECT reason FROM retry')).rows;
  await db.query(`UPDATE retry SET next_at = clock_timestamp(), reason = 'not tried yet'`);
  const oldWorker = start();
  try {
    const wasTried = async () => (await reasons())[0]?.reason === 'this game is of a later version';
    await until(wasTried, { limitMs: 5_000, what: 'another attempt here' });
  } finally {
    await oldWorker.stop();
  }
  assert.deepEqual(await waiting(db), [{ attempts: 0 }]);

  await db.query('UPDATE retry SET next_at = clock_timestamp()');
  await workOff(db, service(db, addPoints).start);
  assert.equal(await pointsOf(db), 3);
  assert.deepEqual(letters, []);
});

test('attempts that never end are counted too, and the message ends in the dead letters', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters, start } = service(db, addPoints);
  const firstSeenAt = new Date('2026-01-02T03:04:05.678Z');
  await receive({ ...uncounted({ player: 'ann', points: 3 }), redelivered: true, firstSeenAt });
  assert.deepEqual(await waiting(db), [{ attempts: 0 }]);
  assert.equal(await pointsOf(db), 0, 'it waits to be tried alone');

  // As three processes leave it that died of it.
  await db.query("UPDATE retry SET attempts = 3, next_at = clock_timestamp() - interval '1 s'");
  const worker = start();
  try {
    await until(() => letters.length === 1, { limitMs: 5_000, what: 'a dead letter' });
    await until(async () => (await waiting(db)).length === 0, { limitMs: 5_000, what: 'no message waiting' });
  } finally {
    await worker.stop();
  }
  assert.match(letters[0]?.reason ?? '', /^ATTEMPTS_EXHAUSTED/);
  assert.equal(letters[0]?.firstSeenAt, firstSeenAt.toISOString());
  assert.equal(await pointsOf(db), 0);
});

test('neither its headers nor what is said of its failure keep a message from being tried again', async (t) => {
  const db = await serviceDatabase(t);
  const failing = handles(AddPoints, async () => {
    throw new Error('nobody is called a\0b');
  });
  const { receive, letters, start } = service(db, failing);
  const message = uncounted({ player: 'ann', points: 3 });
  const foreign = { ...message, headers: { ...message.headers, 'x-note': '\0' } };
  assert.deepEqual(await receive(foreign), { action: 'done' });
  assert.deepEqual(await waiting(db), [{ attempts: 1 }]);

  const worker = start();
  try {
    await until(() => letters.length === 1, { limitMs: 5_000, what: 'a dead letter' });
  } finally {
    await worker.stop();
  }
  assert.deepEqual([letters[0]?.reason, letters[0]?.headers['x-note']], ['nobody is called a\\0b', '\0']);
});

test('an outage while a message is tried costs it no attempt', async (t) => {
  const db = await serviceDatabase(t);
  await db.query(
    `INSERT INTO retry (channel, consumer, headers, body, attempts, reason, next_at)
     VALUES ('scores', 'score-processor', '{}', '', 2, 'not yet', clock_timestamp())`,
  );
  let isAway = false;
  const query: Database['query'] = (...asked) =>
    isAway ? Promise.reject(new Error('the database is away')) : db.query(...asked);
  let tries = 0;
  const receive = async () => {
    tries++;
    isAway = tries === 1;
    return { action: 'pause', reason: 'the database is away' } as const;
  };
  const receivers = new Map([['scores', receive]]);
  const worker = startRetries({ ...db, query }, { receivers, log: silentLogger });
  try {
    await until(() => tries === 1, { limitMs: 5_000, what: 'it is tried' });
    assert.deepEqual(await waiting(db), [{ attempts: 3 }]);
    isAway = false;
    const isTakenBack = async () => (await waiting(db))[0]?.attempts === 2;
    await until(isTakenBack, { limitMs: 10_000, what: 'the attempt is taken back' });
  } finally {
    await worker.stop();
  }
});
