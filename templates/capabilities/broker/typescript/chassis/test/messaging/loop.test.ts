import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '@app/chassis/telemetry';
import { until } from '@app/chassis/testing';
import { startLoop } from '../../src/messaging/loop.ts';

const rests = { name: 'test', pollMs: 3_600_000, log: silentLogger };

test('a loop that rests is woken for one pass more, and stops at once', async () => {
  let passes = 0;
  const loop = startLoop({
    ...rests,
    pass: async () => {
      passes++;
      return false;
    },
  });
  await new Promise(setImmediate);
  loop.wake();
  await until(() => passes === 2, { limitMs: 5_000, what: 'a second pass' });
  await loop.stop();
  assert.equal(passes, 2);
});

test('a loop that is stopped or woken during a pass does not rest after it', async () => {
  let passes = 0;
  let end = () => {};
  const loop = startLoop({
    ...rests,
    pass: () => {
      passes++;
      return new Promise((resolve) => {
        end = () => resolve(false);
      });
    },
  });
  loop.wake();
  end();
  await until(() => passes === 2, { limitMs: 5_000, what: 'a second pass' });
  const stopped = loop.stop();
  end();
  await stopped;
  assert.equal(passes, 2);
});

test('a loop that backs off after an error stops at once', async () => {
  let passes = 0;
  const loop = startLoop({
    ...rests,
    pass: async () => {
      passes++;
      throw new Error('cannot work');
    },
  });
  await until(() => passes > 0, { limitMs: 5_000, what: 'a pass' });
  await loop.stop();
  assert.ok(!loop.stalled());
});
