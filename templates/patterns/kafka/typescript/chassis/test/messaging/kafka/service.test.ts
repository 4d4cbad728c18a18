// What holds for a whole service on Kafka: its outbox, its inbox, and processes that die.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, type TestContext, test } from 'node:test';
import type { Database } from '@app/chassis/database';
import { declareDestinations, enqueue } from '@app/chassis/messaging';
import { noMetrics, silentLogger } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { startRelay } from '../../../src/messaging/relay.ts';
import { pointsOf, serviceDatabase } from '../world.ts';
import { open, produce, recordsOf, skip, url } from './broker.ts';
import { scoreboard, startProcess } from './scoreboard.ts';

const within = (what: string, limitMs = 60_000) => ({ what, limitMs });

const unsent = async (db: Database) =>
  (await db.query('SELECT FROM outbox WHERE published_at IS NULL AND failed_at IS NULL')).rowCount;

const effects = async (db: Database) =>
  (await db.query<{ n: number }>('SELECT count(*)::int AS n FROM score')).rows[0]?.n ?? 0;

/** A service, its database and what its processes need to know. */
async function world(t: TestContext) {
  const board = await scoreboard(t);
  const db = await serviceDatabase(t);
  declareDestinations(board.channels);
  const env = { SERVICE: board.service, DATABASE_URL: db.url, BROKER_URL: url };
  const [scores, events] = board.channels.map(({ name }) => name);
  return { ...board, db, scores: scores ?? '', events: events ?? '', start: () => startProcess(t, env) };
}

suite('a service on Kafka', { skip }, () => {
  test('three relays of which one is killed, and eight writers: the events of each player are in order', async (t) => {
    const { db, events, ScoreChanged, start } = await world(t);
    const [victim] = await Promise.all([start(), start(), start()]);
    await db.query('CREATE TABLE player (name text PRIMARY KEY, version int NOT NULL DEFAULT 0)');
    const players = Array.from({ length: 50 }, (_, i) => `player-${i}`);
    await db.query('INSERT INTO player (name) SELECT unnest($1::text[])', [players]);
    // The aggregate's row is locked before its message is written: so the versions commit in order.
    const play = (player: string) =>
      db.transaction(async (tx) => {
        const sql = 'UPDATE player SET version = version + 1 WHERE name = $1 RETURNING version';
        const version = (await tx.query<{ version: number }>(sql, [player])).rows[0]?.version ?? 0;
        await enqueue(tx, ScoreChanged({ player, points: 1 }, { aggregateVersion: version }), {});
      });
    const turns = Array.from({ length: 4 }, () => players).flat();
    const write = async () => {
      for (let player = turns.pop(); player; player = turns.pop()) {
        await play(player);
        if (turns.length === 100) victim?.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, write));
    await until(async () => (await unsent(db)) === 0, within('an empty outbox'));
    assert.equal(victim?.signalCode, 'SIGKILL');

    const versions = new Map<string, number[]>(players.map((player) => [player, []]));
    for (const { key, headers } of await recordsOf(events))
      versions.get(key?.toString() ?? '')?.push(Number(headers?.['aggregate-version']?.toString()));
    for (const player of players) {
      const found = versions.get(player) ?? [];
      // What the killed one had sent and not marked was sent again, before anything later.
      assert.deepEqual([...new Set(found)], [1, 2, 3, 4], player);
      assert.deepEqual(found, found.toSorted(), player);
    }
  });

  test('of 1,000 rows an oversize and an unknown destination are parked and named, the others are sent', async (t) => {
    const { db, channels, events, service } = await world(t);
    await db.query(
      `INSERT INTO outbox (id, type, channel, key, headers, payload)
       SELECT 'm' || n, 'ScoreChanged', CASE n WHEN 300 THEN 'nowhere' ELSE $1 END, 'k' || n,
              jsonb_build_object('id', 'm' || n, 'type', 'ScoreChanged', 'aggregate-id', 'k' || n),
              CASE n WHEN 550 THEN repeat('x', 300000) ELSE '{}' END
         FROM generate_series(1, 1000) AS n`,
      [events],
    );
    const transport = await open(t, channels);
    const relay = startRelay({ db, transport, service, log: silentLogger, metrics: noMetrics });
    t.after(() => relay.stop());
    await until(async () => (await unsent(db)) === 0, within('an empty outbox'));
    const { rows } = await db.query('SELECT id, reason FROM outbox WHERE failed_at IS NOT NULL ORDER BY seq');
    assert.deepEqual(rows, [
      { id: 'm300', reason: 'UNKNOWN_DESTINATION: no channel "nowhere" is declared' },
      { id: 'm550', reason: 'OVERSIZE: 300000 bytes, at most 262144' },
    ]);
    assert.equal((await recordsOf(events)).length, 998);
  });

  test('a message that kills its process ends in the dead letters, as does one that nobody can read; all others are handled', async (t) => {
    const { db, scores, channels, service, AddPoints, start } = await world(t);
    const transport = await open(t, channels);
    const relay = startRelay({ db, transport, service: 'test', log: silentLogger, metrics: noMetrics });
    t.after(() => relay.stop());
    let deaths = 0;
    let child = await start();
    const players = ['killer', ...Array.from({ length: 30 }, (_, i) => `player-${i}`)];
    await db.transaction((tx) =>
      enqueue(
        tx,
        players.map((player) => AddPoints({ player, points: 1 })),
        {},
      ),
    );
    await produce(scores, [{ value: '{"player":', headers: { id: 'broken', type: 'AddPoints' } }]);

    const place = { channel: scores, group: `${service}-processor`, limit: 10 };
    let reasons: string[] = [];
    await until(
      async () => {
        if (child.exitCode !== null) {
          deaths += 1;
          // As if its lease had run out.
          await db.query('UPDATE retry SET next_at = clock_timestamp()');
          child = await start();
        }
        reasons = (await transport.listDeadLetters(place)).map(({ reason }) => reason).sort();
        return reasons.length >= 2 && (await effects(db)) >= 30;
      },
      within('two dead letters', 120_000),
    );
    assert.match(reasons[0] ?? '', /^ATTEMPTS_EXHAUSTED/);
    assert.match(reasons[1] ?? '', /^BAD_JSON/);
    assert.ok(deaths >= 3, `${deaths} deaths`);
    assert.equal(await effects(db), 30, 'each of the others once');
  });

  test('records with NUL characters end in the dead letters and hold up nothing', async (t) => {
    const { db, scores, events, channels, service, start } = await world(t);
    await start();
    const sent = { source: 'test', type: 'AddPoints', 'schema-version': '1', 'reply-to': events };
    const headers = (own: Record<string, string>) => ({ ...sent, ...own });
    const body = (player: string) => JSON.stringify({ player, points: 1 });
    await produce(scores, [
      { partition: 0, value: body('ann'), headers: headers({ id: 'a\0b' }) },
      { partition: 0, value: body('ann'), headers: headers({ id: 'c1', 'correlation-id': '\0' }) },
      { partition: 0, value: body('a\0n'), headers: headers({ id: 'c2' }) },
      { partition: 0, value: '\0', headers: headers({ id: 'c3' }) },
      { partition: 0, value: body('ann'), headers: headers({ id: 'c4', note: '\0' }) },
    ]);
    await until(async () => (await pointsOf(db)) === 1, within('the last of the partition'));
    const transport = await open(t, channels);
    const place = { channel: scores, group: `${service}-processor`, limit: 10 };
    let reasons: Record<string, string> = {};
    await until(async () => {
      const letters = await transport.listDeadLetters(place);
      reasons = Object.fromEntries(letters.map(({ id, reason }) => [id, reason.slice(0, 10)]));
      return letters.length >= 4;
    }, within('four dead letters'));
    const expected = { 'a\\0b': 'BAD_HEADER', c1: 'BAD_HEADER', c2: 'BAD_TEXT: ', c3: 'BAD_JSON: ' };
    assert.deepEqual(reasons, expected);
  });

  test('a process is killed with messages in hand: another one handles them, and each has its effect once', async (t) => {
    const { db, channels, AddPoints, start } = await world(t);
    const [victim, survivor] = [await start(), await start()];
    const transport = await open(t, channels);
    const relay = startRelay({ db, transport, service: 'test', log: silentLogger, metrics: noMetrics });
    t.after(() => relay.stop());
    const commands = Array.from({ length: 600 }, (_, i) => AddPoints({ player: `p-${i}`, points: 1 }));
    await db.transaction((tx) => enqueue(tx, commands, {}));
    await until(async () => (await effects(db)) > 50, within('the first effects'));
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    assert.ok((await effects(db)) < 600, 'it was killed in the middle');
    await until(async () => (await effects(db)) >= 600, within('all effects'));
    assert.equal(survivor.exitCode, null);
    const { rows } = await db.query('SELECT player FROM score GROUP BY player HAVING count(*) <> 1');
    assert.deepEqual(rows, []);
    assert.equal(await pointsOf(db, 'p-7'), 1);
  });
});
