import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database, Tx } from '../../src/database/index.ts';
import { complete, perform, undo } from '../../src/saga/index.ts';
import { testDatabase, until } from '../../src/testing/index.ts';
import * as model from './model/guard.ts';

const cleanups: (() => Promise<void>)[] = [];
let db: Database;

before(async () => {
  const folders = [new URL('../../migrations/participant', import.meta.url).pathname];
  db = await testDatabase({ after: (cleanup) => cleanups.push(cleanup) }, { folders });
  await db.query(
    'CREATE TABLE room (hotel text PRIMARY KEY, free int NOT NULL, held int NOT NULL, sold int NOT NULL)',
  );
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

/** A hotel with `free` rooms, and a step that takes, returns or sells one of them. */
async function openHotel(hotel: string, free: number) {
  await db.query('INSERT INTO room VALUES ($1, $2, 0, 0)', [hotel, free]);
  const move = (tx: Tx, change: string) => tx.query(`UPDATE room SET ${change} WHERE hotel = $1`, [hotel]);
  const reserve = (tx: Tx, key: string) =>
    perform(tx, {
      step: hotel,
      key,
      action: async () => {
        const { rowCount } = await tx.query(
          'UPDATE room SET free = free - 1, held = held + 1 WHERE hotel = $1 AND free > 0',
          [hotel],
        );
        return rowCount ? { ok: true, rooms: 1 } : { ok: false, reason: 'full' };
      },
    });
  const cancel = (tx: Tx, key: string) =>
    undo<{ rooms: number }>(tx, {
      step: hotel,
      key,
      action: async ({ rooms }) => void (await move(tx, `free = free + ${rooms}, held = held - ${rooms}`)),
    });
  const sell = (tx: Tx, key: string) =>
    complete<{ rooms: number }>(tx, {
      step: hotel,
      key,
      action: async ({ rooms }) => void (await move(tx, `held = held - ${rooms}, sold = sold + ${rooms}`)),
    });
  const rooms = async () => {
    const { rows } = await db.query('SELECT free, held, sold FROM room WHERE hotel = $1', [hotel]);
    return rows[0];
  };
  return { reserve, cancel, sell, rooms };
}

test('a repeated command acts once and gets the same answer', async () => {
  const { reserve, rooms } = await openHotel('repeated', 1);
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await db.transaction((tx) => reserve(tx, 'a')), { ok: true, rooms: 1 });
    assert.deepEqual(await db.transaction((tx) => reserve(tx, 'b')), { ok: false, reason: 'full' });
  }
  assert.deepEqual(await rooms(), { free: 0, held: 1, sold: 0 });
});

test('a refusal stands, even when the second command would be accepted', async () => {
  const { reserve, cancel, rooms } = await openHotel('refused', 1);
  await db.transaction((tx) => reserve(tx, 'a'));
  await db.transaction((tx) => reserve(tx, 'b'));
  await db.transaction((tx) => cancel(tx, 'a'));
  assert.deepEqual(await db.transaction((tx) => reserve(tx, 'b')), { ok: false, reason: 'full' });
  assert.deepEqual(await rooms(), { free: 1, held: 0, sold: 0 });
});

test('undone first: a tombstone refuses the late command', async () => {
  const { reserve, cancel, rooms } = await openHotel('tombstone', 1);
  await db.transaction((tx) => cancel(tx, 'a'));
  assert.deepEqual(await db.transaction((tx) => reserve(tx, 'a')), { ok: false, reason: 'cancelled' });
  assert.deepEqual(await rooms(), { free: 1, held: 0, sold: 0 });
});

test('completed once, however often it is asked; what was undone is never completed', async () => {
  const { reserve, cancel, sell, rooms } = await openHotel('completed', 2);
  await db.transaction((tx) => reserve(tx, 'a'));
  await db.transaction((tx) => sell(tx, 'a'));
  await db.transaction((tx) => sell(tx, 'a'));
  await assert.rejects(
    db.transaction((tx) => cancel(tx, 'a')),
    /completed and cannot be undone/,
  );
  await db.transaction((tx) => cancel(tx, 'b'));
  await assert.rejects(
    db.transaction((tx) => sell(tx, 'b')),
    /TOMBSTONE and cannot be completed/,
  );
  await assert.rejects(
    db.transaction((tx) => sell(tx, 'c')),
    /never performed/,
  );
  assert.deepEqual(await rooms(), { free: 1, held: 0, sold: 1 });
});

test('an action that fails leaves no row: the next command acts', async () => {
  const key = { step: 'failing', key: 'a' };
  const action = async () => {
    throw new Error('no connection');
  };
  await assert.rejects(db.transaction((tx) => perform(tx, { ...key, action })));
  const outcome = await db.transaction((tx) => perform(tx, { ...key, action: async () => ({ ok: true }) }));
  assert.deepEqual(outcome, { ok: true });
});

test('undo waits for an action that has begun, and takes it back', async () => {
  const { reserve, cancel, rooms } = await openHotel('waiting', 1);
  let cancelling: Promise<void> | undefined;
  await db.transaction(async (tx) => {
    await reserve(tx, 'a');
    cancelling = db.transaction((other) => cancel(other, 'a'));
    await until(blockedQuery, { limitMs: 5_000, what: 'the undo waits for the row' });
  });
  await cancelling;
  assert.deepEqual(await rooms(), { free: 1, held: 0, sold: 0 });
});

test('1,000 concurrent pairs of command and undo: nothing is held, nothing is lost', async () => {
  const { reserve, cancel, rooms } = await openHotel('concurrent', 10);
  const lanes = Array.from({ length: 20 }, async (_, lane) => {
    for (let i = lane; i < 1_000; i += 20) {
      const pair = [
        () => db.transaction((tx) => reserve(tx, `${i}`)),
        () => db.transaction((tx) => cancel(tx, `${i}`)),
      ];
      await Promise.all((i % 3 ? pair : pair.reverse()).map((work) => work()));
    }
  });
  await Promise.all(lanes);
  assert.deepEqual(await rooms(), { free: 10, held: 0, sold: 0 });
  const { rows } = await db.query(
    `SELECT count(*)::int AS open FROM saga_step WHERE step = 'concurrent' AND state = 'HELD'`,
  );
  assert.deepEqual(rows, [{ open: 0 }]);
});

test('the guard does what its model in the model check says, in every sequence of four commands', async () => {
  const commands = ['accept', 'refuse', 'undo'] as const;
  for (let code = 0; code < 81; code++) {
    const key = `${code}`;
    let expected: model.StepState = 'NONE';
    let effects = 0;
    for (let i = 0, rest = code; i < 4; i++, rest = Math.floor(rest / 3)) {
      const command = commands[rest % 3];
      const answer: model.Answer =
        command === 'undo' ? model.undo(expected) : model.perform(expected, command === 'accept');
      const before = effects;
      let result = 'undone';
      await db.transaction(async (tx) => {
        if (command === 'undo') {
          return undo(tx, { step: 'model', key, action: async () => void effects-- });
        }
        const { ok } = await perform(tx, {
          step: 'model',
          key,
          action: async () => {
            if (command === 'refuse') return { ok: false, reason: 'full' };
            effects++;
            return { ok: true };
          },
        });
        result = ok ? 'succeeded' : 'refused';
      });
      expected = answer.state;
      const { rows } = await db.query(`SELECT state FROM saga_step WHERE step = 'model' AND key = $1`, [key]);
      assert.deepEqual(
        { state: rows[0]?.state, effect: effects - before, result },
        { state: answer.state, effect: answer.effect, result: answer.result },
        `sequence ${code}, command ${i}`,
      );
    }
  }
});

async function blockedQuery(): Promise<boolean> {
  const { rows } = await db.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}
