// Brokers that are not there, and one that never says a word.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openClient } from '../../../src/messaging/kafka/client.ts';
import { kafkaTransport } from '../../../src/messaging/kafka/index.ts';
import { until } from '../../../src/testing/index.ts';
import { message, silent } from './broker.ts';

const channels = [{ name: 'tasks', kind: 'commands', groups: ['a'] }] as const;

function open(t: TestContext, url: string) {
  const transport = kafkaTransport({ url, service: 'test', log: silent });
  t.after(() => transport.close());
  transport.start(channels);
  return transport;
}

async function silentServer(t: TestContext): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `kafka://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('without a broker every message is in doubt, the reason is told, and nothing hangs', async (t) => {
  const transport = open(t, 'kafka://127.0.0.1:1');
  transport.consume({ channel: 'tasks', group: 'a', prefetch: 1, handle: async () => ({ action: 'done' }) });
  const outcomes = await transport.publish([message('tasks'), message('tasks')]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['unknown', 'unknown'],
  );
  await until(() => /ECONNREFUSED/.test(transport.status().reason ?? ''), {
    limitMs: 10_000,
    what: 'the reason',
  });
  assert.notEqual(transport.status().misconfigured, true, 'an outage does not make the service unready');
});

test('a broker that stays silent is given 10 s', async (t) => {
  const transport = open(t, await silentServer(t));
  const begin = performance.now();
  const [outcome] = await transport.publish([message('tasks')]);
  assert.equal(outcome?.status, 'unknown');
  assert.ok(performance.now() - begin < 11_000);
});

test('a channel that nobody has declared is refused, not sent', async (t) => {
  const [outcome] = await open(t, 'kafka://127.0.0.1:1').publish([message('nobody-reads-this')]);
  assert.equal(outcome?.status, 'refused');
});

test('a client that is cut off gives up what it was trying, however often it may', {
  timeout: 10_000,
}, async () => {
  const address = { brokers: ['127.0.0.1:1'], ssl: false };
  const client = openClient({ address, name: 'test', retries: 1_000_000, requestMs: 1_000 });
  const attempt = client.kafka.consumer({ groupId: 'a' }).connect();
  client.cut();
  await assert.rejects(attempt, { retriable: false });
});
