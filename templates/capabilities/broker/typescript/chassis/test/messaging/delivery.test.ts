import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Database, openDatabase } from '@app/chassis/database';
import {
  type Channel,
  CommandFailed,
  enqueue,
  handles,
  PermanentError,
  type Transport,
} from '@app/chassis/messaging';
import { currentTraceparent, silentLogger, withSpan } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { postgresTransport } from '../../src/messaging/postgres/index.ts';
import { cuttable } from './outage.ts';
import {
  AddPoints,
  addPoints,
  busDatabase,
  channels,
  PointsAdded,
  pointsOf,
  quickRetries,
  ScoreChanged,
  serviceDatabase,
  startService,
} from './world.ts';

const retries = quickRetries;
const ignoring = [handles(PointsAdded, async () => {}), handles(ScoreChanged, async () => {})];

const send = (db: Database, player: string, points: number) =>
  db.transaction((tx) => enqueue(tx, AddPoints({ player, points }), { replyTo: 'game-replies' }));

const settled = async (bus: Database) =>
  (await bus.query("SELECT FROM delivery WHERE channel = 'scores'")).rowCount === 0;

const count = async (db: Database, table: string) =>
  Number((await db.query(`SELECT count(*) FROM ${table}`)).rows[0]?.count);

async function administer<T>(brokerUrl: string, work: (transport: Transport) => Promise<T>): Promise<T> {
  const transport = postgresTransport({ url: brokerUrl, service: 'operator', log: silentLogger });
  transport.start(channels);
  await transport.ready();
  return work(transport).finally(transport.close);
}

test('a command is handled, and its sender hears the reply and the event', async (t) => {
  const [game, score, bus] = [await serviceDatabase(t), await serviceDatabase(t), await busDatabase(t)];
  const heard: string[] = [];
  const hears = [
    handles(PointsAdded, async ({ points }) => void heard.push(`added ${points}`)),
    handles(ScoreChanged, async (_, { envelope }) => void heard.push(`version ${envelope.aggregateVersion}`)),
  ];
  const services = [
    await startService({ service: 'game', db: game, brokerUrl: bus.url, handlers: hears }),
    await startService({ service: 'score', db: score, brokerUrl: bus.url, handlers: [addPoints] }),
  ];
  try {
    await send(game, 'ann', 3);
    await until(() => heard.length === 2, { limitMs: 5_000, what: 'reply and event' });

    assert.deepEqual(heard.sort(), ['added 3', 'version 3']);
    assert.equal(await pointsOf(score), 3);
    await until(async () => (await count(bus, 'delivery')) === 0, { limitMs: 5_000, what: 'an empty queue' });
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
});

test('a message, its handler and the reply are in the trace of what sent it', async (t) => {
  const [game, score, bus] = [await serviceDatabase(t), await serviceDatabase(t), await busDatabase(t)];
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traces: Record<string, string | undefined> = {};
  const note = (at: string) => {
    traces[at] = currentTraceparent()?.slice(3, 35);
  };
  const noting = handles(AddPoints, async (data, context) => {
    note('handler');
    return addPoints.handle(data, context);
  });
  const hears = [
    handles(PointsAdded, async () => note('reply')),
    handles(ScoreChanged, async () => note('event')),
  ];
  const services = [
    await startService({ service: 'game', db: game, brokerUrl: bus.url, handlers: hears }),
    await startService({ service: 'score', db: score, brokerUrl: bus.url, handlers: [noting] }),
  ];
  try {
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    await withSpan('play', { traceparent }, () => send(game, 'ann', 3));
    const { rows } = await game.query('SELECT traceparent FROM outbox');
    assert.equal(rows[0]?.traceparent.slice(0, 36), `00-${trace}-`);
    await until(() => traces.reply && traces.event, { limitMs: 5_000, what: 'reply and event' });

    assert.deepEqual(traces, { handler: trace, reply: trace, event: trace });
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
});

test('a message that keeps failing ends in the dead letters; its neighbours and its sender go on', async (t) => {
  const [game, score, bus] = [await serviceDatabase(t), await serviceDatabase(t), await busDatabase(t)];
  const failures: string[] = [];
  let broken = true;
  const picky = handles(AddPoints, async (data, context) => {
    if (broken && data.player === 'bad') throw new Error('cannot count');
    return addPoints.handle(data, context);
  });
  const hears = handles(CommandFailed, async ({ reason }) => void failures.push(reason));
  const services = [
    await startService({ service: 'game', db: game, brokerUrl: bus.url, handlers: [hears, ...ignoring] }),
    await startService({ service: 'score', db: score, brokerUrl: bus.url, handlers: [picky], retries }),
  ];
  const place = { channel: 'scores', group: 'score-processor' };
  try {
    await send(game, 'bad', 1);
    for (let points = 1; points <= 10; points++) await send(game, 'ann', points);
    await until(async () => (await pointsOf(score)) === 55, { limitMs: 5_000, what: 'neighbours handled' });
    await until(() => failures.length > 0, { limitMs: 5_000, what: 'the answer that it failed' });

    await administer(bus.url, async (transport) => {
      const [letter, ...others] = await transport.listDeadLetters({ ...place, limit: 10 });
      assert.equal(others.length, 0);
      assert.equal(letter?.reason, 'cannot count');
      assert.equal(letter?.attempts, 3);
      assert.equal(letter?.type, 'AddPoints');
      assert.deepEqual(failures, ['cannot count']);

      broken = false;
      const { id = '' } = letter ?? {};
      assert.equal(await transport.takeDeadLetter({ ...place, id, replay: true }), true);
      await until(async () => (await pointsOf(score, 'bad')) === 1, { limitMs: 5_000, what: 'the replay' });
      assert.deepEqual(await transport.listDeadLetters({ ...place, limit: 10 }), []);
      assert.equal(await transport.takeDeadLetter({ ...place, id, replay: true }), false);
    });
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
});

test('a dead letter that is put there and replayed twice has one effect', async (t) => {
  const [score, bus] = [await serviceDatabase(t), await busDatabase(t)];
  const service = await startService({
    service: 'score',
    db: score,
    brokerUrl: bus.url,
    handlers: [addPoints],
  });
  const place = { channel: 'scores', group: 'score-processor' };
  const headers = { id: 'letter-1', source: 'game', type: 'AddPoints', 'schema-version': '1' };
  const at = new Date().toISOString();
  const letter = { ...place, id: 'letter-1', type: 'AddPoints', reason: 'test', attempts: 3, headers };
  try {
    await administer(bus.url, async (transport) => {
      for (let i = 0; i < 2; i++) {
        const body = JSON.stringify({ player: 'ann', points: 7 });
        await transport.deadLetter({ ...letter, failedAt: at, firstSeenAt: at, body });
        await transport.takeDeadLetter({ ...place, id: 'letter-1', replay: true });
      }
    });
    await until(() => settled(bus), { limitMs: 5_000, what: 'both handled' });

    assert.equal(await pointsOf(score), 7);
  } finally {
    await service.stop();
  }
});

test('an event that failed for good in one of two groups, replayed twice: one effect in that group, none in the other', async (t) => {
  const [game, board, bus] = [await serviceDatabase(t), await serviceDatabase(t), await busDatabase(t)];
  const groups = ['game-processor', 'board-processor'];
  const shared: Channel[] = [{ name: 'score-events', kind: 'events', groups }];
  let broken = true;
  const counting = (isBroken: () => boolean) =>
    handles(ScoreChanged, async ({ player, points }, { tx }) => {
      if (isBroken()) throw new PermanentError('cannot count');
      await tx.query('INSERT INTO score (player, points) VALUES ($1, $2)', [player, points]);
    });
  const common = { brokerUrl: bus.url, channels: shared };
  const services = [
    await startService({ ...common, service: 'game', db: game, handlers: [counting(() => broken)] }),
    await startService({ ...common, service: 'board', db: board, handlers: [counting(() => false)] }),
  ];
  const events = { channel: 'score-events', group: 'game-processor' };
  const isHandled = async () =>
    (await bus.query("SELECT FROM delivery WHERE channel = 'score-events'")).rowCount === 0;
  const handled = { limitMs: 5_000, what: 'all handled' };
  try {
    const changed = ScoreChanged({ player: 'ann', points: 7 }, { aggregateVersion: 1 });
    await game.transaction((tx) => enqueue(tx, changed, {}));
    await administer(bus.url, async (transport) => {
      const letters = () => transport.listDeadLetters({ ...events, limit: 10 });
      await until(async () => (await letters()).length > 0, { limitMs: 5_000, what: 'the dead letter' });
      await until(isHandled, handled);
      assert.deepEqual([await pointsOf(game), await pointsOf(board)], [0, 7]);

      broken = false;
      // Else the other group would hide a replay that reached it.
      await board.query('DELETE FROM inbox');
      const [letter] = await letters();
      assert.ok(letter);
      for (const _ of [1, 2]) {
        await transport.deadLetter(letter); // The second time it is there again.
        assert.equal(await transport.takeDeadLetter({ ...events, id: letter.id, replay: true }), true);
        await until(isHandled, handled);
      }
    });
    assert.deepEqual([await pointsOf(game), await pointsOf(board)], [7, 7]);
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
});

test('events that were published before their reader was ever started are handled', async (t) => {
  const [game, score, bus] = [await serviceDatabase(t), await serviceDatabase(t), await busDatabase(t)];
  const sender = await startService({
    service: 'score',
    db: score,
    brokerUrl: bus.url,
    handlers: [addPoints],
  });
  const services = [sender];
  try {
    const events = Array.from({ length: 100 }, (_, i) =>
      ScoreChanged({ player: 'ann', points: 1 }, { aggregateVersion: i + 1 }),
    );
    await score.transaction((tx) => enqueue(tx, events, {}));
    const waiting = 'SELECT FROM outbox WHERE published_at IS NULL';
    await until(async () => (await score.query(waiting)).rowCount === 0, {
      limitMs: 5_000,
      what: 'an empty outbox',
    });
    const versions: (number | undefined)[] = [];
    const hears = [
      handles(PointsAdded, async () => {}),
      handles(ScoreChanged, async (_, { envelope }) => void versions.push(envelope.aggregateVersion)),
    ];
    services.push(await startService({ service: 'game', db: game, brokerUrl: bus.url, handlers: hears }));
    await until(() => new Set(versions).size === 100, { limitMs: 10_000, what: '100 events' });
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
});

test('a message that came before its consumer was ever started is handled', async (t) => {
  const [game, score, bus] = [await serviceDatabase(t), await serviceDatabase(t), await busDatabase(t)];
  const sender = await startService({ service: 'game', db: game, brokerUrl: bus.url, handlers: ignoring });
  for (let i = 0; i < 100; i++) await send(game, 'ann', 1);
  const unpublished = async () =>
    (await game.query('SELECT FROM outbox WHERE published_at IS NULL')).rowCount === 0;
  await until(unpublished, { limitMs: 5_000, what: 'an empty outbox' });
  const receiver = await startService({
    service: 'score',
    db: score,
    brokerUrl: bus.url,
    handlers: [addPoints],
  });
  try {
    await until(async () => (await pointsOf(score)) === 100, { limitMs: 10_000, what: '100 points' });
  } finally {
    await Promise.all([sender.stop(), receiver.stop()]);
  }
});

test('a lost LISTEN connection delays a message by less than 2 s', async (t) => {
  const [game, score, bus] = [await serviceDatabase(t), await serviceDatabase(t), await busDatabase(t)];
  const services = [
    await startService({ service: 'game', db: game, brokerUrl: bus.url, handlers: ignoring }),
    await startService({ service: 'score', db: score, brokerUrl: bus.url, handlers: [addPoints] }),
  ];
  try {
    await send(game, 'ann', 1);
    await until(async () => (await pointsOf(score)) === 1, { limitMs: 5_000, what: 'the first message' });
    const { rowCount } = await bus.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE '% listener'`,
    );
    assert.equal(rowCount, 2);

    await send(game, 'ann', 1);
    await until(async () => (await pointsOf(score)) === 2, { limitMs: 2_000, what: 'the second message' });
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
});

test('an outage of the database pauses the consumer and costs no message an attempt', async (t) => {
  const [game, score, bus] = [await serviceDatabase(t), await serviceDatabase(t), await busDatabase(t)];
  const way = await cuttable(score.url);
  const db = openDatabase({ url: way.url, max: 5 });
  const once = { attempts: 1, firstMs: 1, longestMs: 1 };
  const services = [
    await startService({ service: 'game', db: game, brokerUrl: bus.url, handlers: ignoring }),
    await startService({ service: 'score', db, brokerUrl: bus.url, handlers: [addPoints], retries: once }),
  ];
  try {
    await send(game, 'ann', 1);
    await until(async () => (await pointsOf(score)) === 1, { limitMs: 5_000, what: 'the first message' });
    way.cut();
    for (let i = 0; i < 50; i++) await send(game, 'ann', 1);
    // A delivery that was given back is due later than its message came.
    const givenBack =
      'SELECT FROM delivery JOIN message ON seq = message WHERE next_at > created_at + $1::interval';
    await until(async () => (await bus.query(givenBack, ['50 ms'])).rowCount, {
      limitMs: 5_000,
      what: 'an attempt during the outage',
    });
    await way.mend();
    await until(async () => (await pointsOf(score)) === 51, { limitMs: 15_000, what: 'all points' });

    assert.equal(await count(bus, 'dead_letter'), 0);
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    way.cut();
    await db.close();
  }
});

test('a bare message of a foreign sender is understood through the ingress of its channel, once', async (t) => {
  const [score, bus] = [await serviceDatabase(t), await busDatabase(t)];
  const ingress = {
    scores: (body: unknown) => {
      const { who } = body as { who?: string };
      return who
        ? { type: 'AddPoints', id: who, source: 'arcade', data: { player: who, points: 1 } }
        : undefined;
    },
  };
  const handlers = [addPoints];
  const service = await startService({ service: 'score', db: score, brokerUrl: bus.url, handlers, ingress });
  try {
    await administer(bus.url, async () => {});
    for (const body of ['{"who":"ann"}', '{ "who": "ann" }', '{"nobody":1}']) {
      await bus.query('SELECT send($1, $2)', ['scores', body]);
    }
    await until(() => settled(bus), { limitMs: 5_000, what: 'all handled' });

    assert.equal(await pointsOf(score), 1);
    const { rows } = await bus.query('SELECT body, reason FROM dead_letter');
    assert.deepEqual(rows, [
      { body: '{"nobody":1}', reason: 'MISSING_ID: no id or type, and not a known foreign message' },
    ]);
  } finally {
    await service.stop();
  }
});
