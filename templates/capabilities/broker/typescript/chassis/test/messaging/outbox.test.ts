import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '@app/chassis/contract';
import type { Database } from '@app/chassis/database';
import { declareDestinations, enqueue } from '@app/chassis/messaging';
import { z } from 'zod';
import { AddPoints, channels, PointsAdded, ScoreChanged, serviceDatabase } from './world.ts';

declareDestinations(channels);

const rowsOf = async (db: Database) =>
  (await db.query('SELECT channel, key, headers, payload FROM outbox ORDER BY seq')).rows;

test('a message is kept with its envelope if and only if its transaction commits', async (t) => {
  const db = await serviceDatabase(t);
  const event = ScoreChanged({ player: 'ann', points: 3 }, { aggregateVersion: 7 });
  const undone = db.transaction(async (tx) => {
    await enqueue(tx, event, {});
    throw new Error('changed my mind');
  });
  await assert.rejects(undone, /changed my mind/);
  await db.transaction((tx) => enqueue(tx, [event], { id: 'e1', correlationId: 'game:1' }));

  const [row, ...others] = await rowsOf(db);
  assert.deepEqual(others, []);
  const { time, ...headers } = row?.headers ?? {};
  assert.deepEqual(
    { ...row, headers },
    {
      channel: 'score-events',
      key: 'ann',
      payload: '{"player":"ann","points":3}',
      headers: {
        id: 'e1',
        type: 'ScoreChanged',
        'schema-version': '1',
        'correlation-id': 'game:1',
        'aggregate-id': 'ann',
        'aggregate-version': '7',
      },
    },
  );
  assert.ok(!Number.isNaN(Date.parse(time)));
});

test('a reply goes where its command asks for it; one that nobody asked for is dropped', async (t) => {
  const db = await serviceDatabase(t);
  const cause = {
    ...{ id: 'c1', source: 'game', type: 'AddPoints', schemaVersion: 1, time: '', aggregateId: 'ann' },
    correlationId: 'game:1',
  };
  const said = PointsAdded({ player: 'ann', points: 3 });
  await db.transaction((tx) => enqueue(tx, said, { cause: { ...cause, replyTo: 'game-replies' } }));
  await db.transaction((tx) => enqueue(tx, said, { cause }));

  const rows = await rowsOf(db);
  assert.deepEqual(
    rows.map(({ channel, headers }) => [channel, headers['correlation-id'], headers['causation-id']]),
    [['game-replies', 'game:1', 'c1']],
  );
});

test('what can never be sent fails the transaction of the one who says it', async (t) => {
  const db = await serviceDatabase(t);
  await db.query('CREATE TABLE work (id int)');
  const schema = z.object({ text: z.string() });
  const options = { key: () => 'k', schema, example: { text: '' } };
  const Shout = command('Shout', { ...options, channel: 'scores' });
  const Whisper = command('Whisper', { ...options, channel: 'nowhere' });
  for (const [message, error] of [
    [Shout({ text: 'x'.repeat(256 * 1024) }), /Shout cannot be sent. OVERSIZE: 262155 bytes/],
    [Whisper({ text: '' }), /Whisper cannot be sent. UNKNOWN_DESTINATION: no channel "nowhere"/],
    [AddPoints({ player: 'ann', points: 0.5 }), /points/],
  ] as const) {
    const work = db.transaction(async (tx) => {
      await tx.query('INSERT INTO work VALUES (1)');
      await enqueue(tx, message, {});
    });
    await assert.rejects(work, error);
  }
  await assert.rejects(enqueue(db, Shout({ text: '' }), {}), /in a transaction/);

  assert.equal((await db.query('SELECT FROM work')).rowCount, 0);
  assert.deepEqual(await rowsOf(db), []);
});
