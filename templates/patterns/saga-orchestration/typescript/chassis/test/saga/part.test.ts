import assert from 'node:assert/strict';
import { test } from 'node:test';
import { participant, perform, type SagaDefinition, sagas, undo } from '../../src/saga/index.ts';
import { type Metrics, noMetrics, silentLogger } from '../../src/telemetry/index.ts';
import { until } from '../../src/testing/index.ts';
import { operateSagas } from '../../tools/operator/sagas.ts';
import { said } from '../tools/shell.ts';
import { openStage, type Stage } from './stage.ts';
import { trip } from './trip.ts';

const definition = trip();
const LIMIT_MS = 60_000;

/** Runs `work` while the part sweeps. */
async function whileSweeping<T>(
  stage: Stage,
  work: (part: Awaited<ReturnType<ReturnType<typeof sagas>['start']>>) => Promise<T>,
  {
    definitions = [definition],
    metrics = noMetrics,
  }: { definitions?: SagaDefinition[]; metrics?: Metrics } = {},
): Promise<T> {
  const state = { ready: async () => true, overload: () => undefined };
  const host = { service: 'trip', env: {}, db: stage.db, log: silentLogger, metrics, ...state };
  const part = await sagas(definitions).start(host);
  try {
    return await work(part);
  } finally {
    await part.drain?.();
  }
}

const operate = (stage: Stage, ...args: string[]) =>
  said({ DATABASE_URL: stage.db.url }, (shell) => operateSagas(args, shell));

/** Brings a saga to the command of type `type`, which stays undelivered. */
async function stopAt(stage: Stage, type: string, tripId: string) {
  await stage.begin(tripId);
  for (let delivered = 0; ; delivered++) {
    const message = (await stage.sent(tripId))[delivered];
    if (!message || message.type === type) return;
    await stage.deliver(message);
  }
}

test('a deadline that passed while nothing ran fires at the start', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.expire('1');
  await whileSweeping(stage, () =>
    until(async () => (await stage.status('1')) === 'COMPENSATING', {
      limitMs: LIMIT_MS,
      what: 'the deadline fires',
    }),
  );
});

test('open and stuck sagas are measured, and those without their table are told', async (t) => {
  const values = new Map<string, number>();
  const metrics: Metrics = {
    ...noMetrics,
    gauge: (name) => ({ set: ({ saga, version }, value) => values.set(`${name} ${saga} ${version}`, value) }),
  };
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('1');
  await stage.begin('2');
  await stage.begin('3');
  await stage.db.query(
    `UPDATE saga SET stuck = true, started_at = started_at - interval '1 hour' WHERE key = '1'`,
  );
  await stage.db.query(`UPDATE saga SET version = 7 WHERE key = '2'`);
  await whileSweeping(
    stage,
    async (part) => {
      const reason = 'open sagas without their table: book-trip version 7';
      const isDegraded = async () => (await part.health?.())?.reason === reason;
      await until(isDegraded, { limitMs: LIMIT_MS, what: 'the part is degraded' });
      assert.equal(values.get('saga_open book-trip 7'), 1);
      // As another instance that knows it does in the end.
      await stage.db.query("UPDATE saga SET ended_at = clock_timestamp() WHERE key = '2'");
      const isOver = () => values.get('saga_open book-trip 7') === 0;
      await until(isOver, { limitMs: LIMIT_MS, what: 'none of that version is open' });
    },
    { metrics },
  );
  assert.equal(values.get('saga_open book-trip 1'), 2);
  assert.equal(values.get('saga_stuck book-trip 1'), 1);
  assert.ok(Math.abs((values.get('saga_oldest_open_seconds book-trip 1') ?? 0) - 3_600) < 60);
});

test('sagas that ended long ago are removed with all that was noted of them, open ones stay', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  for (const tripId of ['long ago', 'just now', 'open']) await stage.begin(tripId);
  for (const tripId of ['long ago', 'just now']) await stage.settle(tripId);
  await stage.db.query(`UPDATE saga SET started_at = started_at - interval '90 days'`);
  await stage.db.query(`UPDATE saga SET ended_at = ended_at - interval '31 days' WHERE key = 'long ago'`);
  const keys = async (table: string) =>
    (await stage.db.query(`SELECT DISTINCT key FROM ${table} ORDER BY key`)).rows.map(({ key }) => key);
  await whileSweeping(stage, () =>
    until(async () => (await stage.status('long ago')) === 'none', { limitMs: LIMIT_MS, what: 'the purge' }),
  );
  assert.deepEqual(await keys('saga'), ['just now', 'open']);
  assert.deepEqual(await keys('saga_log'), ['just now', 'open']);
});

test('a step is forgotten long after its last command, a held one never', async (t) => {
  const { db } = await openStage(t, { definitions: [definition] });
  const step = 'reserve';
  const action = async () => {};
  const hold = (key: string) =>
    db.transaction((tx) => perform(tx, { step, key, action: async () => ({ ok: true }) }));
  const release = (key: string) => db.transaction((tx) => undo(tx, { step, key, action }));
  for (const key of ['held', 'undone', 'asked again']) await hold(key);
  for (const key of ['undone', 'tombstone', 'asked again']) await release(key);
  await db.query(`UPDATE saga_step SET updated_at = updated_at - interval '31 days'`);
  await release('asked again');
  await release('new tombstone');

  const host = {
    service: 'hotel',
    env: {},
    db,
    log: silentLogger,
    metrics: noMetrics,
    ready: async () => true,
    overload: () => undefined,
  };
  const part = await participant().start(host);
  const keys = async () =>
    (await db.query('SELECT key FROM saga_step ORDER BY key')).rows.map(({ key }) => key);
  try {
    await until(async () => !(await keys()).includes('tombstone'), { limitMs: LIMIT_MS, what: 'the purge' });
    assert.deepEqual(await keys(), ['asked again', 'held', 'new tombstone']);
  } finally {
    await part.drain?.();
  }
});

test('an operator lists, shows, aborts and skips; past the pivot an abort is refused with the reason', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stopAt(stage, 'ReserveCar', 'early');
  await stopAt(stage, 'SendTickets', 'late');
  await stage.db.query(
    `UPDATE saga SET stuck = true, retry_at = clock_timestamp() + interval '1 hour' WHERE key = 'late'`,
  );
  const listed = await operate(stage, 'list', '--stuck');
  assert.equal(listed.code, 0);
  assert.match(listed.out, /book-trip {2}late {2}COMPLETING \(stuck\)/);
  assert.doesNotMatch(listed.out, /early/);
  const shown = await operate(stage, 'show', 'late');
  assert.match(shown.out, /flight +BookFlight +succeeded/);

  await whileSweeping(stage, async () => {
    const refused = await operate(stage, 'abort', 'late');
    assert.equal(refused.code, 3);
    assert.match(refused.err, /abort refused: it is past its pivot and only goes forward/);
    assert.equal((await operate(stage, 'abort', 'early')).code, 0);
    assert.equal(await stage.status('early'), 'COMPENSATING');
    assert.equal((await operate(stage, 'retry', 'late')).code, 0);
    assert.equal((await stage.sent('late')).filter(({ type }) => type === 'SendTickets').length, 2);
    assert.equal((await operate(stage, 'skip', 'late')).code, 0);
    assert.equal(await stage.status('late'), 'CONFIRMED');
  });
});
