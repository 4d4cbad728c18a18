import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sagas } from '../../src/saga/index.ts';
import { noMetrics, silentLogger } from '../../src/telemetry/index.ts';
import { until } from '../../src/testing/index.ts';
import { operateSagas } from '../../tools/operator/sagas.ts';
import { said } from '../tools/shell.ts';
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

const operate = (stage: Stage, ...args: string[]) =>
  said({ DATABASE_URL: stage.db.url }, (shell) => operateSagas(args, shell));

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
  assert.match(listed.out, /book-trip {2}late {2}COMPLETING \(stuck\)/);
  assert.doesNotMatch(listed.out, /early/);
  const shown = await operate(stage, 'show', 'late');
  assert.match(shown.out, /flight +FlightBooked +succeeded/);

  await whileSweeping(stage, async () => {
    const refused = await operate(stage, 'abort', 'late');
    assert.equal(refused.code, 3);
    assert.match(refused.err, /abort refused: it is past its pivot and only goes forward/);
    assert.equal((await operate(stage, 'abort', 'early')).code, 0);
    assert.equal(await stage.status('early'), 'COMPENSATING');
    assert.equal((await operate(stage, 'retry', 'late')).code, 0);
    const again = (await stage.told('late')).filter(({ type }) => type === 'TripConfirmed');
    assert.equal(again.length, 2);
    assert.equal((await operate(stage, 'skip', 'late')).code, 0);
    assert.equal(await stage.status('late'), 'CONFIRMED');
  });
});
