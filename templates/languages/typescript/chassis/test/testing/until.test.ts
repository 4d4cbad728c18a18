import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@app/chassis/testing';

test('returns what the condition gives once it is truthy, through errors', async () => {
  let asked = 0;
  const value = await until(
    () => {
      asked++;
      if (asked === 1) throw new Error('not yet');
      return asked === 3 && 'there';
    },
    { limitMs: 5_000, what: 'the third answer' },
  );
  assert.equal(value, 'there');
});

test('fails with what was waited for and the last error', async () => {
  const never = () => Promise.reject(new Error('no such row'));
  await assert.rejects(until(never, { limitMs: 30, what: 'the row' }), (error: Error) => {
    assert.equal(error.message, 'Not within 30 ms: the row');
    assert.match(String(error.cause), /no such row/);
    return true;
  });
});
