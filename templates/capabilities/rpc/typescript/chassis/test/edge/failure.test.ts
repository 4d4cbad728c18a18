import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logFailure } from '@app/chassis/edge';
import { unavailable } from '@app/chassis/errors';
import type { Logger } from '@app/chassis/telemetry';

/** What is logged of the error: the level, and the fields. */
function logged(error: unknown, options: Parameters<typeof logFailure>[2]): unknown {
  const lines: unknown[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    lines.push({ level, ...fields, message });
  const log = { error: write('error'), warn: write('warn'), debug: write('debug') } as unknown as Logger;
  logFailure(log, error, options);
  assert.equal(lines.length, 1);
  return lines[0];
}

test('a failure that was foreseen is a line, one that was not keeps its stack', () => {
  const message = 'request failed';
  assert.deepEqual(logged(unavailable('no instance of user is known'), { status: 503 }), {
    ...{ level: 'warn', status: 503, error: 'no instance of user is known', message },
  });
  assert.deepEqual(logged(unavailable('no user', 1, new Error('refused')), { status: 503 }), {
    ...{ level: 'warn', status: 503, error: 'no user', cause: 'refused', message },
  });
  const bug = new TypeError('no such field');
  assert.deepEqual(logged(bug, { status: 500 }), { level: 'error', status: 500, err: bug, message });
});

test('of a client that has gone away only a bug is worth a line', () => {
  const level = (error: Error) =>
    (logged(error, { status: 503, isAwaited: false }) as { level: string }).level;
  assert.equal(level(unavailable('The client has gone away')), 'debug');
  assert.equal(level(new TypeError('no such field')), 'error');
});
