import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { sagas } from '../../src/saga/index.ts';
import { noMetrics, silentLogger } from '../../src/telemetry/index.ts';
import { until } from '../../src/testing/index.ts';
import { openStage, type Stage } from './stage.ts';
import { trip } from './trip.ts';

const definition = trip();
const LIMIT_MS = 15_000;

/** Runs `work` while the part sweeps. */
async function whileSweeping(stage: Stage, work: () => Promise<unknown>): Promise<void> {
  const host = {
    service: 'trip',
    env: {},
    db: stage.db,
    log: silentLogger,
    metrics: noMetrics,
    draining: () => false,
    ready: async () => true,
    overload: () => undefined,
  };
  const part = await sagas([definition]).start(host);
  try {
    await work();
  } finally {
    await part.drain?.();
  }
}

/** The operator's tool as a process of its own. */
async function operate(stage: Stage, ...args: string[]) {
  const tool = new URL('../../tools/saga.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx/esm', '--conditions=source', tool, ...args], {
    env: { ...process.env, DATABASE_URL: stage.db.url },
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  return { stdout, stderr, code };
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

test('an operator lists, shows, aborts and skips; past the pivot an abort is refused with the reason', async (t) => {
  const stage = await openStage(t, { definitions: [definition] });
  await stage.begin('early');
  await stage.begin('late');
  await stage.settle('late', ({ type }) => type === 'TripConfirmed');
  await stage.db.query(
    `UPDATE saga SET stuck = true, retry_at = clock_timestamp() + interval '1 hour' WHERE key = 'late'`,
  );
  const listed = await operate(stage, 'list', '--stuck');
  assert.equal(listed.code, 0);
  assert.match(listed.stdout, /book-trip {2}late {2}COMPLETING \(stuck\)/);
  assert.doesNotMatch(listed.stdout, /early/);
  const shown = await operate(stage, 'show', 'late');
  assert.match(shown.stdout, /flight +FlightBooked +succeeded/);

  await whileSweeping(stage, async () => {
    const refused = await operate(stage, 'abort', 'late');
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /abort refused: it is past its pivot and only goes forward/);
    assert.equal((await operate(stage, 'abort', 'early')).code, 0);
    assert.equal(await stage.status('early'), 'COMPENSATING');
    assert.equal((await operate(stage, 'retry', 'late')).code, 0);
    const again = (await stage.told('late')).filter(({ type }) => type === 'TripConfirmed');
    assert.equal(again.length, 2);
    assert.equal((await operate(stage, 'skip', 'late')).code, 0);
    assert.equal(await stage.status('late'), 'CONFIRMED');
  });
});
