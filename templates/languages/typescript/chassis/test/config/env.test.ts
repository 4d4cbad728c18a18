import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, duration, loadEnv } from '@app/chassis/config';
import { z } from 'zod';

const store = z.object({
  STORE_URL: z
    .url({ protocol: /^(http|https)$/, error: 'expected http:// or https://' })
    .describe('the store'),
});
const limits = z.object({ LIMIT: z.coerce.number().int().default(5), WAIT: duration().optional() });

const linesOf = (env: Record<string, string>) => {
  try {
    loadEnv([store, limits], env);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.lines;
  }
};

test('every variable that is missing or wrong has its line, whosever it is', () => {
  assert.deepEqual(linesOf({ STORE_URL: 'ftp://secret@host', LIMIT: 'many', WAIT: 'long' }), [
    'Environment variable STORE_URL is wrong: expected http:// or https:// (the store)',
    'Environment variable LIMIT is wrong: Invalid input: expected number, received NaN',
    'Environment variable WAIT is wrong: expected a duration such as 800ms, 30s or 5m',
  ]);
  assert.deepEqual(linesOf({}), ['Environment variable STORE_URL is missing (the store)']);
});

test('an empty variable counts as missing', () => {
  assert.deepEqual(linesOf({ STORE_URL: '' }), ['Environment variable STORE_URL is missing (the store)']);
  assert.deepEqual(loadEnv([limits], { LIMIT: '', WAIT: '2s' }), { WAIT: '2s' });
});

test('a part reads its variables by its own schema', () => {
  assert.deepEqual(limits.parse(loadEnv([limits], { WAIT: '1.5s' })), { LIMIT: 5, WAIT: '1.5s' });
});
