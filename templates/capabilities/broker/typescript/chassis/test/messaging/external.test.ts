import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Duration } from '@app/chassis/config';
import { command, reply } from '@app/chassis/contract';
import type { Database } from '@app/chassis/database';
import { type CallingHandler, calls, declareDestinations, PermanentError } from '@app/chassis/messaging';
import { type Metrics, noMetrics, silentLogger } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { z } from 'zod';
import { watchBacklog } from '../../src/messaging/backlog.ts';
import { createReceiver } from '../../src/messaging/consumer.ts';
import { startExternalCalls } from '../../src/messaging/external.ts';
import { fakeTransport, incoming, serviceDatabase } from './world.ts';

const channel = { name: 'prizes', kind: 'commands', groups: ['prize-processor'] } as const;
declareDestinations([channel, { name: 'game-replies', kind: 'replies', groups: [] }]);

const key = ({ player }: { player: string }) => player;
const schema = z.object({ player: z.string() });
const example = { player: 'ann' };
const SendPrize = command('SendPrize', { channel: 'prizes', key, schema, example });
const RecallPrize = command('RecallPrize', { channel: 'prizes', key, schema, example });
const PrizeSent = reply('PrizeSent', { key, schema, example });
const PrizeRecalled = reply('PrizeRecalled', { key, schema, example });

/** A parcel service: sending twice under one key sends once. */
function parcelService() {
  const sent = new Map<string, 'under way' | 'recalled'>();
  const asked: string[] = [];
  return {
    sent,
    asked,
    send: async (player: string, idempotencyKey: string) => {
      asked.push(`send ${idempotencyKey}`);
      if (!sent.has(player)) sent.set(player, 'under way');
      return { tracking: `T-${player}` };
    },
    recall: async (player: string) => {
      asked.push(`recall ${player}`);
      if (sent.has(player)) sent.set(player, 'recalled');
    },
  };
}

type Parcels = ReturnType<typeof parcelService>;
type Point = 'before' | 'call' | 'answer' | 'after';

/** Sends and recalls prizes; `at` is called at each point of sending one, and may throw. */
function prizes(
  parcels: Parcels,
  at: (point: Point) => void | Promise<void> = () => {},
  deadline: Duration = '1s',
) {
  const send = calls(SendPrize, {
    before: async ({ player }, { tx }) => {
      await tx.query("INSERT INTO prize VALUES ($1, 'PENDING') ON CONFLICT DO NOTHING", [player]);
      await at('before');
    },
    call: async ({ player }, { idempotencyKey }) => {
      await at('call');
      const answer = await parcels.send(player, idempotencyKey);
      await at('answer');
      return answer;
    },
    after: async ({ player }, _answer, { tx }) => {
      await tx.query("UPDATE prize SET state = 'SENT' WHERE player = $1 AND state = 'PENDING'", [player]);
      await at('after');
      return PrizeSent({ player });
    },
    deadline,
  });
  const recall = calls(RecallPrize, {
    before: async ({ player }, { tx }) => {
      await tx.query(
        "INSERT INTO prize VALUES ($1, 'RECALLED') ON CONFLICT (player) DO UPDATE SET state = 'RECALLED'",
        [player],
      );
    },
    call: ({ player }) => parcels.recall(player),
    after: async ({ player }) => PrizeRecalled({ player }),
  });
  return [send, recall];
}

async function prizeDatabase(t: Parameters<typeof serviceDatabase>[0]): Promise<Database> {
  const db = await serviceDatabase(t);
  await db.query('CREATE TABLE prize (player text PRIMARY KEY, state text)');
  return db;
}

/** Hands over commands as a transport does, again and again until they are acknowledged. */
function service(db: Database, handlers: CallingHandler[]) {
  const receive = createReceiver({
    ...{ db, channel, group: 'prize-processor', retries: { attempts: 9, firstMs: 1, longestMs: 1 } },
    ...{ transport: fakeTransport(), log: silentLogger, metrics: noMetrics },
    handlers: new Map(handlers.map((handler) => [handler.message.type, [handler]])),
  });
  const command = async (type: string, options: { id?: string; correlationId?: string } = {}) => {
    const message = incoming(example, { channel: 'prizes', replyTo: 'game-replies', ...options, type });
    while ((await receive(message)).action !== 'done');
  };
  const start = () => startExternalCalls(db, { handlers, log: silentLogger });
  return { command, start };
}

const answers = async (db: Database) =>
  (await db.query<{ type: string }>('SELECT type FROM outbox ORDER BY seq')).rows.map(({ type }) => type);

const state = async (db: Database) => (await db.query('SELECT state FROM prize')).rows[0]?.state;

for (const point of ['before', 'call', 'answer', 'after'] as const) {
  test(`a failure at "${point}" ends in one call's effect and one answer`, async (t) => {
    const db = await prizeDatabase(t);
    const parcels = parcelService();
    let failures = 1;
    const handlers = prizes(parcels, (now) => {
      if (now === point && failures-- > 0) throw new Error(`killed at ${point}`);
    });
    const { command, start } = service(db, handlers);
    const worker = start();
    try {
      await command('SendPrize', { correlationId: 'game:1' });
      await until(async () => (await answers(db)).length > 0, { limitMs: 10_000, what: 'an answer' });
    } finally {
      await worker.stop();
    }

    assert.deepEqual(await answers(db), ['PrizeSent']);
    assert.equal(await state(db), 'SENT');
    assert.deepEqual([...parcels.sent], [['ann', 'under way']]);
    assert.deepEqual([...new Set(parcels.asked)], ['send game:1:SendPrize']);
  });
}

test('a compensation that comes while the outcome is in doubt is remembered and made after it', async (t) => {
  const db = await prizeDatabase(t);
  const parcels = parcelService();
  let inDoubt = true;
  const handlers = prizes(parcels, (point) => {
    if (point === 'answer' && inDoubt) throw new Error('the answer was lost');
  });
  const { command, start } = service(db, handlers);
  const worker = start();
  try {
    await command('SendPrize', { correlationId: 'game:1' });
    await until(() => parcels.asked.length > 0, { limitMs: 5_000, what: 'a first call' });
    await command('RecallPrize', { correlationId: 'game:1' });
    inDoubt = false;
    await until(async () => (await answers(db)).includes('PrizeRecalled'), {
      limitMs: 10_000,
      what: 'the recall',
    });
  } finally {
    await worker.stop();
  }

  assert.deepEqual(await answers(db), ['PrizeSent', 'PrizeRecalled']);
  assert.equal(await state(db), 'RECALLED');
  assert.deepEqual([...parcels.sent], [['ann', 'recalled']]);
  assert.equal(parcels.asked.at(-1), 'recall ann');
});

test('a slow provider holds no transaction', async (t) => {
  const db = await prizeDatabase(t);
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isCalling = false;
  const slowly = async (point: Point) => {
    if (point !== 'call') return;
    isCalling = true;
    await released;
  };
  const { command, start } = service(db, prizes(parcelService(), slowly, '1m'));
  const worker = start();
  try {
    await command('SendPrize');
    await until(() => isCalling, { limitMs: 5_000, what: 'a call under way' });
    // Other workers look for calls at times, in transactions that end at once.
    const held = `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`;
    await until(async () => (await db.query(held)).rowCount === 0, {
      limitMs: 5_000,
      what: 'the end of every transaction',
    });
    assert.deepEqual(await answers(db), []);
    release();
    await until(async () => (await answers(db)).length > 0, { limitMs: 10_000, what: 'an answer' });
  } finally {
    release();
    await worker.stop();
  }
  assert.deepEqual(await answers(db), ['PrizeSent']);
});

test('a provider that never answers is asked again', async (t) => {
  const db = await prizeDatabase(t);
  let calling = 0;
  const handlers = prizes(parcelService(), async (point) => {
    if (point === 'call' && ++calling === 1) await new Promise(() => {});
  });
  const { command, start } = service(db, handlers);
  const worker = start();
  try {
    await command('SendPrize');
    await until(async () => (await answers(db)).length > 0, { limitMs: 10_000, what: 'an answer' });
  } finally {
    await worker.stop();
  }
  assert.equal(calling, 2);
  assert.deepEqual(await answers(db), ['PrizeSent']);
});

test('a call that fails before it gives a promise is asked again, and the process lives on', async (t) => {
  const db = await prizeDatabase(t);
  const signals: AbortSignal[] = [];
  const send = calls(SendPrize, {
    before: async () => undefined,
    call: (_data, { signal }) => {
      signals.push(signal);
      if (signals.length === 1) throw new Error('no key for the parcel service');
      return Promise.resolve();
    },
    after: async ({ player }) => PrizeSent({ player }),
    deadline: '1s',
  });
  const { command, start } = service(db, [send]);
  const worker = start();
  try {
    await command('SendPrize');
    await until(async () => (await answers(db)).length > 0, { limitMs: 10_000, what: 'an answer' });
    // Nobody waits for it any more; a rejection that nobody handles would end the process.
    await until(() => signals[0]?.aborted === true, { limitMs: 5_000, what: 'the deadline of the first' });
  } finally {
    await worker.stop();
  }
  assert.deepEqual(await answers(db), ['PrizeSent']);
});

test('a repeated command is answered again and has no second effect', async (t) => {
  const db = await prizeDatabase(t);
  const parcels = parcelService();
  const { command, start } = service(db, prizes(parcels));
  const worker = start();
  try {
    for (const id of ['first', 'second']) {
      await command('SendPrize', { id, correlationId: 'game:1' });
      const answered = async () =>
        (await db.query("SELECT FROM outbox WHERE headers ->> 'causation-id' = $1", [id])).rowCount;
      await until(answered, { limitMs: 5_000, what: `the answer to the ${id}` });
    }
  } finally {
    await worker.stop();
  }
  assert.deepEqual([...parcels.sent], [['ann', 'under way']]);
});

test('a command that comes again while its outcome is written waits for it, and nothing is done over', async (t) => {
  const db = await prizeDatabase(t);
  const ran: string[] = [];
  const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  const send = calls(SendPrize, {
    before: async ({ player }, { tx }) => {
      ran.push('before');
      await tx.query("INSERT INTO prize VALUES ($1, 'PENDING') ON CONFLICT DO NOTHING", [player]);
      await tx.query('SELECT FROM prize WHERE player = $1 FOR UPDATE', [player]);
    },
    call: async () => {},
    after: async ({ player }, _answer, { tx }) => {
      if (ran.push('after') === 2) {
        again = command('SendPrize', { correlationId: 'game:1' });
        await until(async () => (await db.query(waits)).rowCount, {
          limitMs: 5_000,
          what: 'the second waits',
        });
      }
      await tx.query("UPDATE prize SET state = 'SENT' WHERE player = $1", [player]);
      return PrizeSent({ player });
    },
  });
  let again: Promise<void> | undefined;
  const { command, start } = service(db, [send]);
  const worker = start();
  try {
    await command('SendPrize', { correlationId: 'game:1' });
    await until(async () => (await answers(db)).length === 2, { limitMs: 10_000, what: 'two answers' });
    await again;
  } finally {
    await worker.stop();
  }
  assert.deepEqual(ran, ['before', 'after', 'before', 'after']);
});

test('a call that certainly did nothing is not repeated, and the sender hears of it', async (t) => {
  const db = await prizeDatabase(t);
  const parcels = parcelService();
  const handlers = prizes(parcels, (point) => {
    if (point === 'call') throw new PermanentError('no such address');
  });
  const { command, start } = service(db, handlers);
  const worker = start();
  try {
    await command('SendPrize', { id: 'c1' });
    await until(async () => (await answers(db)).length > 0, { limitMs: 5_000, what: 'an answer' });
  } finally {
    await worker.stop();
  }
  const { rows } = await db.query('SELECT payload FROM outbox');
  assert.deepEqual(rows, [{ payload: '{"commandId":"c1","type":"SendPrize","reason":"no such address"}' }]);
  assert.equal(parcels.sent.size, 0);
});

test('calls whose outcome is open are measured; what was asked is not kept after it', async (t) => {
  const db = await prizeDatabase(t);
  const { command, start } = service(db, prizes(parcelService()));
  const values = new Map<string, number>();
  const metrics: Metrics = {
    ...noMetrics,
    gauge: (name) => ({ set: (_labels, value) => void values.set(name, value) }),
  };
  const backlog = watchBacklog(db, { limits: { rows: 9, age: '1h' }, metrics, log: silentLogger });
  const loops: { stop(): Promise<void> }[] = [backlog];
  const pending = () => {
    backlog.wake();
    return values.get('external_calls_pending');
  };
  const age = () => values.get('external_calls_oldest_pending_seconds') ?? 0;
  try {
    await command('SendPrize');
    await db.query(`UPDATE external_call SET created_at = created_at - interval '1 hour'`);
    await until(() => pending() === 1 && age() >= 3_600, { limitMs: 5_000, what: 'one pending call' });
    loops.push(start());
    await until(() => pending() === 0, { limitMs: 5_000, what: 'no pending call' });
    assert.equal(age(), 0);
    assert.equal((await db.query('SELECT data FROM external_call')).rows[0]?.data, '');
  } finally {
    for (const loop of loops) await loop.stop();
  }
});
