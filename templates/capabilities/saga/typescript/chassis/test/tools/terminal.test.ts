import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readable } from '../../tools/log-line.ts';
import { timeline } from '../../tools/timeline.ts';

// What is read here is not a terminal: no colour is expected.

test('a JSON log line is read as time, level, message and ids', () => {
  const record = {
    level: 40,
    time: '2030-01-01T12:00:00.050Z',
    service: 'seats',
    msg: 'seat refused',
  };
  const line = readable(JSON.stringify({ ...record, booking: '12345', n: 2, trace_id: '0123456789abcdef' }));
  assert.match(line, /^\d\d:\d\d:00\.050 WARN {2}seat refused booking=12345 n=2 trace=01234567$/);
});

test('an error keeps its stack; what is no log record is left as it is', () => {
  const failed = {
    level: 50,
    time: '2030-01-01T12:00:00Z',
    msg: 'failed',
    err: { stack: 'E: no\n    at x' },
  };
  assert.match(readable(JSON.stringify(failed)), /ERROR failed\nE: no\n {4}at x$/);
  for (const line of ['Missing environment variable FOO', '{"a":1}', '{broken'])
    assert.equal(readable(line), line);
});

test('the timeline of a saga fits into 50 columns', () => {
  const at = (ms: number) => new Date(Date.UTC(2030, 0, 1) + ms).toISOString();
  const lines = timeline([
    { at: at(0), service: 'trip', step: 'book-trip', result: 'started' },
    { at: at(0), service: 'rooms', step: 'ReserveRoom', result: 'sent' },
    { at: at(41), service: 'rooms', step: 'ReserveRoom', result: 'succeeded' },
    { at: at(1041), service: 'seats', step: 'BookSeat', result: 'refused' },
  ]);
  assert.deepEqual(lines, [
    '    +0 ms ● trip  book-trip started',
    '    +0 ms → rooms ReserveRoom',
    '   +41 ms ← rooms ReserveRoom succeeded',
    ' +1041 ms ← seats BookSeat refused',
  ]);
  assert.deepEqual(timeline([]), []);
});
