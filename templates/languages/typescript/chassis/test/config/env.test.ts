import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, duration, loadEnv } from '@app/chassis/config';
import { z } from 'zod';

const broker = z.object({
  BROKER_URL: z
    .url({ protocol: /^(amqp|postgres)$/, error: 'expected amqp:// or postgres://' })
    .describe('the broker'),
});
const limits = z.object({ LIMIT: z.coerce.number().int().default(5), WAIT: duration().optional() });

const linesOf = (env: Record<string, string>) => {
  try {
    loadEnv([broker, limits], env);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.lines;
  }
};

test('every variable that is missing or wrong has its line, whosever it is', () => {
  assert.deepEqual(linesOf({ BROKER_URL: 'http://secret@host', LIMIT: 'many', WAIT: 'long' }), [
    'Environment variable BROKER_URL is wrong: expected amqp:// or postgres:// (the broker)',
    'Environment variable LIMIT is wrong: Invalid input: expected number, received NaN',
    'Environment variable WAIT is wrong: expected a duration such as 800ms, 30s or 5m',
  ]);
  assert.deepEqual(linesOf({}), ['Environment variable BROKER_URL is missing (the broker)']);
});

test('an empty variable counts as missing', () => {
  assert.deepEqual(linesOf({ BROKER_URL: '' }), ['Environment variable BROKER_URL is missing (the broker)']);
  assert.deepEqual(loadEnv([limits], { LIMIT: '', WAIT: '2s' }), { WAIT: '2s' });
});

test('a part reads its variables by its own schema', () => {
  assert.deepEqual(limits.parse(loadEnv([limits], { WAIT: '1.5s' })), { LIMIT: 5, WAIT: 1_500 });
});
