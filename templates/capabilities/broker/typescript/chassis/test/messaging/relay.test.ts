import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '@app/chassis/database';
import {
  declareDestinations,
  enqueue,
  type OutgoingMessage,
  type PublishOutcome,
} from '@app/chassis/messaging';
import { noMetrics, silentLogger } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { startRelay } from '../../src/messaging/relay.ts';
import { channels, ScoreChanged, serviceDatabase } from './world.ts';

declareDestinations(channels);

const confirmed: PublishOutcome = { status: 'confirmed' };

/** A broker that notes what it confirms; `answer` may refuse or leave the publisher in doubt. */
function recorder(answer: (message: OutgoingMessage) => PublishOutcome = () => confirmed) {
  const sent: OutgoingMessage[] = [];
  return {
    sent,
    publish: async (messages: readonly OutgoingMessage[]) => {
      const outcomes = messages.map(answer);
      sent.push(...messages.filter((_, i) => outcomes[i]?.status === 'confirmed'));
      return outcomes;
    },
  };
}

type Recorder = ReturnType<typeof recorder>;

const relay = (db: Database, transport: Pick<Recorder, 'publish'>) =>
  startRelay({ db, transport, service: 'score', log: silentLogger, metrics: noMetrics });

const tell = (db: Database, player: string, version: number) =>
  db.transaction((tx) =>
    enqueue(tx, ScoreChanged({ player, points: version }, { aggregateVersion: version }), {}),
  );

const emptied = async (db: Database) =>
  (await db.query('SELECT FROM outbox WHERE published_at IS NULL AND failed_at IS NULL')).rowCount === 0;

const versions = (sent: readonly OutgoingMessage[], player: string) =>
  sent.filter(({ key }) => key === player).map(({ envelope }) => envelope.aggregateVersion);

test('three relays and eight writers: every message once, and in order per key', async (t) => {
  const db = await serviceDatabase(t);
  await db.query('CREATE TABLE player (name text PRIMARY KEY, version int NOT NULL DEFAULT 0)');
  const players = Array.from({ length: 40 }, (_, i) => `player-${i}`);
  await db.query('INSERT INTO player (name) SELECT unnest($1::text[])', [players]);
  const broker = recorder();
  const relays = [1, 2, 3].map(() => relay(db, broker));

  // The aggregate's row is locked before its message is written: so the versions commit in order.
  const play = (player: string) =>
    db.transaction(async (tx) => {
      const sql = 'UPDATE player SET version = version + 1 WHERE name = $1 RETURNING version';
      const version = (await tx.query<{ version: number }>(sql, [player])).rows[0]?.version ?? 0;
      await enqueue(tx, ScoreChanged({ player, points: 1 }, { aggregateVersion: version }), {});
    });
  const turns = Array.from({ length: 4 }, () => players).flat();
  const write = async () => {
    for (let player = turns.pop(); player; player = turns.pop()) await play(player);
  };
  try {
    await Promise.all(Array.from({ length: 8 }, write));
    await until(() => emptied(db), { limitMs: 10_000, what: 'an empty outbox' });
  } finally {
    await Promise.all(relays.map((each) => each.stop()));
  }

  for (const player of players) assert.deepEqual(versions(broker.sent, player), [1, 2, 3, 4]);
});

test('rows that can never be sent are parked by name, and hold back only their own keys', async (t) => {
  const db = await serviceDatabase(t);
  await db.query(
    `INSERT INTO outbox (id, type, channel, key, headers, payload)
     SELECT 'm' || n, 'ScoreChanged', CASE n WHEN 300 THEN 'nowhere' ELSE 'score-events' END, 'k' || n % 100,
            jsonb_build_object('id', 'm' || n, 'type', 'ScoreChanged', 'aggregate-id', 'k' || n % 100),
            CASE n WHEN 550 THEN repeat('x', 300000) ELSE '{}' END
       FROM generate_series(1, 1000) AS n`,
  );
  const broker = recorder();
  const running = relay(db, broker);
  try {
    await until(() => broker.sent.length >= 987, { limitMs: 10_000, what: '987 messages' });
  } finally {
    await running.stop();
  }

  const parked = await db.query('SELECT id, reason FROM outbox WHERE failed_at IS NOT NULL ORDER BY seq');
  assert.deepEqual(parked.rows, [
    { id: 'm300', reason: 'UNKNOWN_DESTINATION: no channel "nowhere" is declared' },
    { id: 'm550', reason: 'OVERSIZE: 300000 bytes, at most 262144' },
  ]);
  const waiting = await db.query(
    'SELECT key, count(*)::int FROM outbox WHERE published_at IS NULL AND failed_at IS NULL GROUP BY key ORDER BY key',
  );
  assert.deepEqual(waiting.rows, [
    { key: 'k0', count: 7 },
    { key: 'k50', count: 4 },
  ]);
  assert.equal(broker.sent.length, 1000 - 2 - 11);
});

test('a message that the broker refuses is parked; the next of its key waits, also in the same batch', async (t) => {
  const db = await serviceDatabase(t);
  const refused: PublishOutcome = { status: 'refused', error: new Error('no such queue') };
  const broker = recorder(({ envelope }) => (envelope.aggregateVersion === 1 ? refused : confirmed));
  for (const [player, version] of [
    ['ann', 1],
    ['ann', 2],
    ['bob', 5],
    ['bob', 6],
  ] as const) {
    await tell(db, player, version);
  }
  const running = relay(db, broker);
  try {
    await until(() => broker.sent.length === 2, { limitMs: 5_000, what: "bob's messages" });
    assert.deepEqual(versions(broker.sent, 'ann'), []);

    const drop = async () => (await db.query('DELETE FROM outbox WHERE failed_at IS NOT NULL')).rowCount;
    await until(drop, { limitMs: 5_000, what: "ann's first message is parked" });
    await until(() => broker.sent.length === 3, { limitMs: 5_000, what: "ann's second message" });
    assert.deepEqual(versions(broker.sent, 'ann'), [2]);
    assert.deepEqual(versions(broker.sent, 'bob'), [5, 6]);
  } finally {
    await running.stop();
  }
});

test('an outage of the broker parks nothing and keeps the order', async (t) => {
  const db = await serviceDatabase(t);
  let attempts = 0;
  const back = performance.now() + 1_000;
  const broker = recorder(() => {
    attempts += 1;
    if (performance.now() > back) return confirmed;
    return { status: 'unknown', error: new Error('connection lost') };
  });
  for (const version of [1, 2, 3]) await tell(db, 'ann', version);
  const running = relay(db, broker);
  try {
    await until(() => emptied(db), { limitMs: 15_000, what: 'an empty outbox' });
  } finally {
    await running.stop();
  }

  assert.ok(attempts < 50, `${attempts} attempts in a second are a storm`);
  assert.deepEqual(versions(broker.sent, 'ann'), [1, 2, 3]);
  assert.equal((await db.query('SELECT FROM outbox WHERE failed_at IS NOT NULL')).rowCount, 0);
});

test('a channel that cannot be written holds back its own keys, and no other however much waits for it', async (t) => {
  const db = await serviceDatabase(t);
  const insert = (channel: string, keys: string) =>
    db.query(
      `INSERT INTO outbox (id, type, channel, key, headers, payload)
       SELECT $1 || key, 'ScoreChanged', $1, key, jsonb_build_object('id', $1 || key, 'type', 'ScoreChanged'), '{}'
         FROM unnest($2::text[]) AS key`,
      [channel, keys.split(' ')],
    );
  const stuck = Array.from({ length: 600 }, (_, i) => `stuck-${i}`);
  for (const channel of ['scores', 'game-replies']) await insert(channel, stuck.join(' '));
  await insert('score-events', 'free-1 stuck-599 free-2');
  let isBack = false;
  const broker = recorder(({ channel }) =>
    isBack || channel === 'score-events' ? confirmed : { status: 'unknown', error: new Error('no leader') },
  );
  const running = relay(db, broker);
  try {
    await until(() => broker.sent.length > 0, { limitMs: 10_000, what: 'the channel that can be written' });
    assert.deepEqual(
      broker.sent.map(({ key }) => key),
      ['free-1', 'free-2'],
    );
    isBack = true;
    await until(() => emptied(db), { limitMs: 15_000, what: 'an empty outbox' });
  } finally {
    await running.stop();
  }

  const last = broker.sent.filter(({ key }) => key === 'stuck-599').map(({ channel }) => channel);
  assert.deepEqual(last, ['scores', 'game-replies', 'score-events']);
});

test('a relay that dies between the confirm and the mark sends again and loses nothing', async (t) => {
  const db = await serviceDatabase(t);
  const broker = recorder();
  let deaths = 0;
  const transport = {
    publish: async (messages: readonly OutgoingMessage[]) => {
      const outcomes = await broker.publish(messages);
      if (deaths++ === 0) {
        await db.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'idle in transaction'`,
        );
      }
      return outcomes;
    },
  };
  for (const version of [1, 2]) await tell(db, 'ann', version);
  const running = relay(db, transport);
  try {
    await until(() => emptied(db), { limitMs: 10_000, what: 'an empty outbox' });
  } finally {
    await running.stop();
  }

  const sent = versions(broker.sent, 'ann');
  assert.ok(sent.length > 2, 'some were sent twice');
  assert.deepEqual([...new Set(sent)], [1, 2]);
});

test('no more is taken at a time than its memory is meant for, and the order is kept', async (t) => {
  const db = await serviceDatabase(t);
  const bytes = 200_000;
  await db.query(
    `INSERT INTO outbox (id, type, channel, key, headers, payload)
     SELECT 'm' || n, 'ScoreChanged', 'score-events', 'k' || n % 50,
            jsonb_build_object('id', 'm' || n, 'type', 'ScoreChanged', 'aggregate-version', n), repeat('x', $1)
       FROM generate_series(1, 100) AS n`,
    [bytes],
  );
  const broker = recorder();
  let largest = 0;
  const publish = async (messages: readonly OutgoingMessage[]) => {
    largest = Math.max(largest, messages.length * bytes);
    return broker.publish(messages);
  };
  const running = relay(db, { publish });
  try {
    await until(() => emptied(db), { limitMs: 30_000, what: 'an empty outbox' });
  } finally {
    await running.stop();
  }

  assert.ok(largest <= 8 * 1024 * 1024 + bytes, `${largest} bytes at once`);
  assert.equal(broker.sent.length, 100);
  assert.deepEqual(versions(broker.sent, 'k1'), [1, 51]);
});

test('what this process commits is sent at once, without waiting for the poll', async (t) => {
  const db = await serviceDatabase(t);
  const broker = recorder();
  const running = relay(db, broker);
  try {
    await tell(db, 'ann', 1);
    await until(() => broker.sent.length === 1, { limitMs: 5_000, what: 'the first message' });
    const begin = performance.now();
    for (let version = 2; version <= 6; version++) {
      await tell(db, 'ann', version);
      await until(() => broker.sent.length === version, { limitMs: 5_000, what: `message ${version}` });
    }
    assert.ok(performance.now() - begin < 1_000, 'five messages in less than the time of one poll');
  } finally {
    await running.stop();
  }
});
