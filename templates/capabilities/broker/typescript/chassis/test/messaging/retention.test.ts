import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '@app/chassis/database';
import { silentLogger } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { purge } from '../../src/messaging/postgres/retention.ts';
import { messagingPurges, startPurge } from '../../src/messaging/retention.ts';
import { busDatabase, serviceDatabase } from './world.ts';

test('what is over is removed after its time, and what is open stays, however old', async (t) => {
  const db = await serviceDatabase(t);
  await db.query(
    `INSERT INTO outbox (id, type, channel, key, headers, payload, created_at, published_at, failed_at)
     SELECT id, 'Any', 'scores', id, '{}', '{}', now() - interval '90 days', now() - published, now() - failed
       FROM (VALUES ('sent long ago', interval '2 hours', NULL), ('just sent', interval '1 minute', NULL),
                    ('waiting', NULL, NULL), ('parked', NULL, interval '90 days')) AS v (id, published, failed)`,
  );
  await db.query(
    `INSERT INTO inbox (consumer, source, id, content, received_at)
     SELECT 'c', 's', id, '', now() - age::interval FROM (VALUES ('old', '31 days'), ('young', '29 days')) AS v (id, age)`,
  );
  await db.query(
    `INSERT INTO external_call (key, type, subject, headers, data, state, created_at)
     SELECT state, 'Any', state, '{}', '{}', state, now() - interval '31 days'
       FROM unnest('{PENDING,DONE,FAILED}'::text[]) AS state`,
  );
  const ids = async (sql: string) => (await db.query<{ id: string }>(sql)).rows.map(({ id }) => id);
  const loop = startPurge(db, { purges: messagingPurges('720h'), log: silentLogger });
  try {
    const calls = () => ids('SELECT key AS id FROM external_call');
    await until(async () => (await calls()).length === 1, { limitMs: 5_000, what: 'the purge' });
    assert.deepEqual(await calls(), ['PENDING']);
    assert.deepEqual(await ids('SELECT id FROM outbox ORDER BY seq'), ['just sent', 'waiting', 'parked']);
    assert.deepEqual(await ids('SELECT id FROM inbox'), ['young']);
  } finally {
    await loop.stop();
  }
});

test('what is over is found by an index: the tables are large', async (t) => {
  const db = await serviceDatabase(t);
  const plans: string[] = [];
  const explaining = {
    ...db,
    query: async (sql: string, values: readonly unknown[]) => {
      const plan = await db.transaction(async (tx) => {
        await tx.query('SET LOCAL enable_seqscan = off');
        return tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, values);
      });
      plans.push(plan.rows.map((row) => row['QUERY PLAN']).join('\n'));
      return { rows: [], rowCount: 0 };
    },
  };
  const purges = messagingPurges('720h');
  const loop = startPurge(explaining as unknown as Database, { purges, log: silentLogger });
  try {
    await until(() => plans.length >= purges.length, { limitMs: 5_000, what: 'a plan for each table' });
  } finally {
    await loop.stop();
  }
  for (const [i, { table, column }] of purges.entries())
    assert.match(plans[i] ?? '', new RegExp(`Index Cond: \\(${column} < `), table);
});

test('a message leaves the message database when every subscriber has handled it', async (t) => {
  const db = await busDatabase(t);
  await db.query("INSERT INTO subscription VALUES ('scores', 'score-processor')");
  for (const body of ['"handled"', '"waiting"']) await db.query('SELECT send($1, $2)', ['scores', body]);
  await db.query("UPDATE message SET created_at = now() - interval '1 day'");
  await db.query(`DELETE FROM delivery USING message WHERE seq = message AND body = '"handled"'`);
  await db.query('SELECT send($1, $2)', ['nobody reads it', '"new"']);

  assert.equal(await purge(db), false);
  const { rows } = await db.query('SELECT body FROM message ORDER BY seq');
  assert.deepEqual(rows, [{ body: '"waiting"' }, { body: '"new"' }]);
});
