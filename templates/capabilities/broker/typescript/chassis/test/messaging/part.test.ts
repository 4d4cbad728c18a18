import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadEnv, milliseconds } from '@app/chassis/config';
import { STOP_LIMITS_MS } from '@app/chassis/lifecycle';
import { enqueue } from '@app/chassis/messaging';
import { until } from '@app/chassis/testing';
import { DEFAULT_DEADLINE } from '../../src/messaging/external.ts';
import { brokerEnv } from '../../src/messaging/open.ts';
import { PASS_LIMIT_MS } from '../../src/messaging/relay.ts';
import type { TransportFactory, TransportStatus } from '../../src/messaging/transport.ts';
import { transports } from '../../src/messaging/transports.ts';
import { cuttable } from './outage.ts';
import {
  AddPoints,
  addPoints,
  busDatabase,
  fakeTransport,
  pointsOf,
  serviceDatabase,
  startService,
} from './world.ts';

test('a broker that nobody here speaks to ends the start with its variable, and without its password', () => {
  for (const url of ['nats://user:secret@localhost', 'localhost']) {
    assert.throws(
      () => loadEnv([brokerEnv], { BROKER_URL: url }),
      (error: Error) => {
        assert.match(error.message, /^Environment variable BROKER_URL is wrong: expected postgres:\/\//);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  }
});

test('a handler that no message can reach is refused at the start', async (t) => {
  const db = await serviceDatabase(t);
  const start = startService({
    service: 'game',
    db,
    brokerUrl: 'postgres://localhost/x',
    handlers: [addPoints],
  });
  await assert.rejects(start, /"game-processor" reads no channel that carries AddPoints/);
});

test('an inbox that forgets before the dead letters do is refused at the start', async (t) => {
  const [db, bus] = [await serviceDatabase(t), await busDatabase(t)];
  const env = { INBOX_RETENTION: '24h' };
  const start = startService({ service: 'score', db, brokerUrl: bus.url, handlers: [addPoints], env });
  await assert.rejects(start, /INBOX_RETENTION is 24h. It must exceed the age of dead letters/);
});

test('what is in hand when a service stops comes to its end within the limits of stopping', () => {
  const closing = 4_000; // Two links of a broker that does not answer.
  assert.ok(PASS_LIMIT_MS + closing < STOP_LIMITS_MS.stop);
  const concluding = 2_000; // A transaction.
  assert.ok(milliseconds(DEFAULT_DEADLINE) + concluding < STOP_LIMITS_MS.drain);
});

test('a broker that lacks what the system needs makes the service unready, one that is away does not', async (t) => {
  const db = await serviceDatabase(t);
  let status: TransportStatus = { connected: false, misconfigured: true, reason: 'no dead letters' };
  const transport = fakeTransport({ status: () => status, consume: () => ({ stop: async () => {} }) });
  const known = transports as Record<string, TransportFactory>;
  known['fake:'] = () => transport;
  t.after(() => {
    delete known['fake:'];
  });
  const service = await startService({ service: 'score', db, brokerUrl: 'fake://x', handlers: [addPoints] });
  try {
    assert.deepEqual(await service.health?.(), { status: 'down', reason: 'no dead letters' });
    status = { connected: false, reason: 'no answer' };
    assert.deepEqual(await service.health?.(), { status: 'degraded', reason: 'no answer' });
  } finally {
    await service.stop();
  }
});

/** A service, and the way to its broker, which can be cut. */
async function startCuttable(t: Parameters<typeof serviceDatabase>[0], env: Record<string, string>) {
  const [db, bus] = [await serviceDatabase(t), await busDatabase(t)];
  const way = await cuttable(bus.url);
  const options = { service: 'score', db, brokerUrl: way.url, handlers: [addPoints], env };
  return { db, way, service: await startService(options) };
}

test('while the broker is away the service is degraded, takes on messages up to its limit, and sends all later', async (t) => {
  const { db, way, service } = await startCuttable(t, { OUTBOX_MAX_ROWS: '10' });
  const send = () => db.transaction((tx) => enqueue(tx, AddPoints({ player: 'ann', points: 1 }), {}));
  const status = async () => (await service.health?.())?.status;
  try {
    await until(async () => (await status()) === 'up', { limitMs: 5_000, what: 'the broker' });
    way.cut();
    for (let i = 0; i < 11; i++) await send();
    await until(async () => (await status()) === 'degraded', { limitMs: 5_000, what: 'degraded health' });
    await until(() => service.overloaded?.(), { limitMs: 10_000, what: 'the overload' });
    assert.deepEqual(service.overloaded?.(), { retryAfter: 30 });

    await way.mend();
    await until(async () => (await pointsOf(db)) === 11, { limitMs: 15_000, what: 'all messages' });
    await until(() => !service.overloaded?.(), { limitMs: 10_000, what: 'the end of the overload' });
    await until(async () => (await status()) === 'up', { limitMs: 5_000, what: 'good health' });
  } finally {
    await service.stop();
    way.cut();
  }
});

test('while a message has waited for longer than its limit the service takes on no more', async (t) => {
  const { db, way, service } = await startCuttable(t, { OUTBOX_MAX_AGE: '1h' });
  const waitedFor = (age: string) =>
    db.query('UPDATE outbox SET created_at = clock_timestamp() - $1::interval', [age]);
  try {
    way.cut();
    await db.transaction((tx) => enqueue(tx, AddPoints({ player: 'ann', points: 1 }), {}));
    await waitedFor('61 minutes');
    await until(() => service.overloaded?.(), { limitMs: 10_000, what: 'the overload' });
    assert.deepEqual(service.overloaded?.(), { retryAfter: 30 });
    await waitedFor('50 minutes');
    await until(() => !service.overloaded?.(), { limitMs: 10_000, what: 'the end of the overload' });
  } finally {
    await service.stop();
    way.cut();
  }
});
