import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { occupantsOf } from '../../../src/messaging/rabbitmq/occupants.ts';
import { until } from '../../../src/testing/index.ts';
import { channelsFor, message, open, raw, skip, url } from './broker.ts';

suite('who uses the queues of some channels on RabbitMQ', { skip }, () => {
  test('queues that are empty or not there are nobody', async (t) => {
    const { commands, events } = channelsFor(t);
    assert.deepEqual(await occupantsOf(url, [commands, events]), []);
    await open(t, [commands]);
    assert.deepEqual(await occupantsOf(url, [commands, events]), []);
  });

  test('messages and readers are told', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    await transport.publish([message(commands.name)]);
    await until(() => raw(async (amqp) => (await amqp.checkQueue(commands.name)).messageCount === 1), {
      limitMs: 10_000,
      what: 'the message is in its queue',
    });
    assert.deepEqual(await occupantsOf(url, [commands]), [
      `queue "${commands.name}" has 1 messages and 0 readers`,
    ]);
    transport.consume({
      channel: commands.name,
      group: 'a',
      prefetch: 1,
      handle: async () => ({ action: 'done' }),
    });
    await until(
      async () =>
        (await occupantsOf(url, [commands])).some((text) => text.endsWith('0 messages and 1 readers')),
      { limitMs: 10_000, what: 'the reader is told' },
    );
  });
});
