import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaMessage } from 'kafkajs';
import { createReader } from '../../../src/messaging/kafka/reader.ts';
import type { IncomingMessage } from '../../../src/messaging/transport.ts';
import { silent } from './broker.ts';

function open() {
  const seen: IncomingMessage['headers'][] = [];
  const handle = async ({ headers }: IncomingMessage) => {
    seen.push(headers);
    return { action: 'done' } as const;
  };
  const reader = createReader({ channel: 'tasks', group: 'a', prefetch: 1, handle, log: silent });
  const settle = (record: object) =>
    reader.settle(record as KafkaMessage, { redelivered: false, up: new AbortController().signal });
  return { seen, settle };
}

const foreign = { value: Buffer.from('{}'), timestamp: '0', offset: '0' };

// Java's clients write such headers; the client of these tests cannot.
test('a header without a value is as good as none', async () => {
  const { seen, settle } = open();
  assert.equal(await settle({ ...foreign, headers: { id: 'm-1', empty: null, both: ['x', null] } }), true);
  assert.deepEqual(seen, [{ id: 'm-1' }]);
});

test('a record that cannot be read is held, and does not end the process', async () => {
  const { seen, settle } = open();
  let failures = 1;
  const record = {
    ...foreign,
    get headers() {
      if (failures-- > 0) throw new Error('bug');
      return { id: 'm-1' };
    },
  };
  assert.equal(await settle(record), true);
  assert.deepEqual(seen, [{ id: 'm-1' }]);
});
