import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '@app/chassis/database';
import { unavailable } from '@app/chassis/errors';
import {
  type DeadLetter,
  declareDestinations,
  type Handler,
  handles,
  type IncomingMessage,
  PermanentError,
} from '@app/chassis/messaging';
import { noMetrics, silentLogger } from '@app/chassis/telemetry';
import { createReceiver } from '../../src/messaging/consumer.ts';
import {
  AddPoints,
  addPoints,
  channels,
  fakeTransport,
  incoming,
  pointsOf,
  serviceDatabase,
} from './world.ts';

declareDestinations(channels);

const data = { player: 'ann', points: 3 };
const retries = { attempts: 3, firstMs: 100, longestMs: 1_000 };

/** What a consumer of one channel does, and the dead letters it writes. */
function receiver(
  db: Database,
  { handler = addPoints, channel = 'scores' }: { handler?: Handler; channel?: string } = {},
) {
  const letters: DeadLetter[] = [];
  const transport = fakeTransport({ deadLetter: async (letter) => void letters.push(letter) });
  const found = channels.find(({ name }) => name === channel);
  if (!found) throw new Error(`No channel ${channel}`);
  const receive = createReceiver({
    ...{ db, transport, channel: found, group: 'score-processor', retries },
    handlers: new Map([[handler.message.type, [handler]]]),
    log: silentLogger,
    metrics: noMetrics,
  });
  return { receive, letters };
}

const failing = (error: unknown) =>
  handles(AddPoints, async () => {
    throw error;
  });

const answers = async (db: Database) =>
  (await db.query<{ type: string; payload: string }>('SELECT type, payload FROM outbox ORDER BY seq')).rows;

test('a message that comes again has no second effect and is acknowledged', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db);
  const message = incoming(data, { replyTo: 'game-replies' });
  const verdicts = [
    await receive(message),
    await receive(message),
    await receive({ ...message, redelivered: true }),
  ];

  assert.deepEqual(verdicts, [{ action: 'done' }, { action: 'done' }, { action: 'done' }]);
  assert.equal(await pointsOf(db), 3);
  assert.deepEqual(
    (await answers(db)).map(({ type }) => type),
    ['PointsAdded', 'ScoreChanged'],
  );
  assert.deepEqual(letters, []);
});

test('the same message in two consumers at once has one effect', async (t) => {
  const db = await serviceDatabase(t);
  const { receive } = receiver(db);
  const message = incoming(data);
  await Promise.all(Array.from({ length: 5 }, () => receive(message)));

  assert.equal(await pointsOf(db), 3);
});

test('an id that comes with another content is a conflict, not a duplicate', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db);
  await receive(incoming(data, { id: 'same' }));
  await receive(incoming({ points: 3, player: 'ann' }, { id: 'same' }));
  await receive(incoming({ ...data, points: 4 }, { id: 'same' }));
  await receive(incoming({ ...data, points: 5 }, { id: 'same', source: 'another sender' }));

  assert.equal(await pointsOf(db), 3 + 5);
  assert.deepEqual(
    letters.map(({ reason }) => reason),
    ['CONFLICT: its id was used for another content'],
  );
});

const { headers: known } = incoming(data);
const poison: Record<string, [Partial<IncomingMessage>, RegExp]> = {
  'bad JSON': [{ body: Buffer.from('{"player":') }, /^BAD_JSON: /],
  'no id': [{ headers: { type: 'AddPoints' } }, /^MISSING_ID: /],
  'no headers': [{ headers: {} }, /^MISSING_ID: /],
  oversize: [{ body: Buffer.alloc(256 * 1024 + 1, 32) }, /^OVERSIZE: 262145 bytes/],
  'an unknown command': [{ headers: { ...known, type: 'TakePoints' } }, /^UNKNOWN_TYPE: .*"TakePoints"/],
  'another major version': [
    { headers: { ...known, 'schema-version': '2' } },
    /^UNSUPPORTED_VERSION: 2, known is 1/,
  ],
  'a schema mismatch': [{ body: Buffer.from('{"player":"ann","points":"3"}') }, /^SCHEMA_MISMATCH: points: /],
  'a time that is none': [{ headers: { ...known, 'expires-at': 'soon' } }, /^BAD_TIME: /],
  'a NUL in its id': [
    { headers: { ...known, id: 'a\0b', 'reply-to': 'game-replies' } },
    /^BAD_HEADER: id has a NUL character/,
  ],
  'a NUL in a header that answers take over': [
    { headers: { ...known, 'correlation-id': '\0', 'reply-to': 'game-replies' } },
    /^BAD_HEADER: correlation-id has a NUL character/,
  ],
  'a NUL in its type': [{ headers: { ...known, type: 'Take\0' } }, /^UNKNOWN_TYPE: .*"Take\\0"/],
  'a NUL in its body': [{ body: Buffer.from('\0{}') }, /^BAD_JSON: .*\\0/],
  'a NUL in its data': [
    { body: Buffer.from('{"player":"a\\u0000b","points":3}') },
    /^BAD_TEXT: player has a NUL character/,
  ],
  'no end of attempts': [{ attempt: 4 }, /^ATTEMPTS_EXHAUSTED: /],
};
for (const [kind, [change, reason]] of Object.entries(poison)) {
  test(`poison is put to the dead letters at once, and the consumer lives: ${kind}`, async (t) => {
    const db = await serviceDatabase(t);
    const { receive, letters } = receiver(db);
    assert.deepEqual(await receive({ ...incoming(data), ...change }), { action: 'done' });
    assert.deepEqual(await receive(incoming(data)), { action: 'done' });

    assert.equal(letters.length, 1);
    assert.match(letters[0]?.reason ?? '', reason);
    assert.equal(letters[0]?.channel, 'scores');
    const { id, type, reason: told } = letters[0] ?? {};
    assert.ok(![id, type, told].some((text) => text?.includes('\0')), 'it can be kept in a table');
    assert.equal(await pointsOf(db), 3);
  });
}

test('a command whose sender has given it up is skipped', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db);
  const expired = { headers: { ...known, 'expires-at': '2020-01-01T00:00:00Z' } };

  assert.deepEqual(await receive({ ...incoming(data), ...expired }), { action: 'done' });
  assert.deepEqual(letters, []);
  assert.equal(await pointsOf(db), 0);
});

test('a command that fails whenever it is sent leaves one dead letter, and its sender hears of each time', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db, { handler: failing(new PermanentError('no')) });
  for (const attempt of [1, 2, 3]) await receive(incoming(data, { replyTo: 'game-replies', attempt }));
  assert.equal(letters.length, 1);
  assert.deepEqual(
    (await answers(db)).map(({ type }) => type),
    ['CommandFailed', 'CommandFailed', 'CommandFailed'],
  );

  // Nobody sends this one again.
  await receive(incoming(data, { attempt: 2 }));
  assert.equal(letters.length, 2);
});

test('an event that is told until it has its effect leaves one dead letter', async (t) => {
  const db = await serviceDatabase(t);
  const handler = failing(new PermanentError('no'));
  const { receive, letters } = receiver(db, { channel: 'score-events', handler });
  for (const attempt of [1, 2, 3]) {
    assert.deepEqual(await receive(incoming(data, { attempt })), { action: 'done' });
  }
  assert.equal(letters.length, 1);
});

test('an event of a type that nobody here handles is skipped', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db, { channel: 'score-events' });

  assert.deepEqual(await receive(incoming(data, { type: 'NewThing', schemaVersion: 4 })), { action: 'done' });
  assert.deepEqual(letters, []);
});

test('headers with the prefix of a CloudEvents binding are understood', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db);
  const headers = { ce_id: 'f1', ce_source: '/partner', ce_type: 'AddPoints', ce_specversion: '1.0' };
  await receive({ ...incoming(data), headers });

  assert.deepEqual(letters, []);
  assert.equal(await pointsOf(db), 3);
});

test('a failure is tried again with a growing delay, then dead, and the sender of the command hears of it', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db, { handler: failing(new Error('cannot count')) });
  const message = incoming(data, { id: 'c1', replyTo: 'game-replies', correlationId: 'game:1' });
  const delays: number[] = [];
  for (const attempt of [1, 2]) {
    const verdict = await receive({ ...message, attempt });
    assert.equal(verdict.action, 'retry');
    if (verdict.action === 'retry') delays.push(verdict.delayMs);
  }
  assert.deepEqual(await receive({ ...message, attempt: 3 }), { action: 'done' });

  assert.ok((delays[0] ?? 0) <= 100 && (delays[1] ?? 0) <= 400, `${delays}`);
  assert.deepEqual(
    letters.map(({ id, reason, attempts }) => [id, reason, attempts]),
    [['c1', 'cannot count', 3]],
  );
  const { rows } = await db.query("SELECT channel, headers ->> 'causation-id' AS cause, payload FROM outbox");
  assert.deepEqual(rows, [
    {
      channel: 'game-replies',
      cause: 'c1',
      payload: '{"commandId":"c1","type":"AddPoints","reason":"cannot count"}',
    },
  ]);
  assert.equal((await db.query('SELECT FROM inbox')).rowCount, 0);
});

test('a failure that is no error is counted like any other, and told', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db, { handler: failing({ statusCode: 400 }) });
  const verdicts = [];
  for (const attempt of [1, 2, 3]) verdicts.push((await receive({ ...incoming(data), attempt })).action);

  assert.deepEqual(verdicts, ['retry', 'retry', 'done']);
  assert.deepEqual(
    letters.map(({ reason }) => reason),
    ['{ statusCode: 400 }'],
  );
});

test('a channel that is none of replies costs the sender its answer and nobody else anything', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db);
  for (const replyTo of ['nowhere', 'score-events']) {
    const verdict = await receive(incoming(data, { id: replyTo, type: 'Unknown', replyTo }));
    assert.deepEqual(verdict, { action: 'done' });
  }
  assert.deepEqual(await receive(incoming(data, { replyTo: 'score-events' })), { action: 'done' });

  assert.equal(letters.length, 3);
  assert.match(letters[2]?.reason ?? '', /UNKNOWN_DESTINATION: no channel "score-events" of replies/);
  assert.deepEqual(await answers(db), []);
});

test('what can never be handled is not tried again', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db, { handler: failing(new PermanentError('no such player')) });

  assert.deepEqual(await receive(incoming(data)), { action: 'done' });
  assert.deepEqual(
    letters.map(({ reason }) => reason),
    ['no such player'],
  );
});

test('while a dependency is away the consumer pauses and no attempt is used up', async (t) => {
  const db = await serviceDatabase(t);
  const { receive, letters } = receiver(db, { handler: failing(unavailable('users: no connection')) });

  const verdict = await receive({ ...incoming(data), attempt: 3 });
  assert.deepEqual(verdict, { action: 'pause', reason: 'users: no connection' });
  assert.deepEqual(letters, []);
});

test('when the dead letter cannot be written the message stays where it is', async (t) => {
  const db = await serviceDatabase(t);
  const transport = fakeTransport({ deadLetter: () => Promise.reject(new Error('broker is away')) });
  const [channel] = channels;
  assert.ok(channel);
  const options = { db, transport, channel, group: 'score-processor', retries, handlers: new Map() };
  const receive = createReceiver({ ...options, log: silentLogger, metrics: noMetrics });

  assert.deepEqual(await receive(incoming(data)), { action: 'pause', reason: 'broker is away' });
});
