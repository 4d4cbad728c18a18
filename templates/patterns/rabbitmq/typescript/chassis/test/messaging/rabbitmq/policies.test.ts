import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rabbitmqTransport } from '../../../src/messaging/rabbitmq/index.ts';
import { until } from '../../../src/testing/index.ts';
import {
  brokerProxy,
  channelsFor,
  manage,
  management,
  raw,
  silent,
  skipManaged,
  urlWithManagement,
} from './broker.ts';

/** Sets or removes a policy on one queue. */
const policy = (queue: string, definition: object | undefined) =>
  manage(
    `policies/%2F/${queue}`,
    definition && { pattern: `^${queue}$`, priority: 9, 'apply-to': 'quorum_queues', definition },
  );

suite('policies of RabbitMQ', { skip: skipManaged }, () => {
  test('a service is not ready while a queue would delete what reaches its delivery limit', async (t) => {
    const { commands, events } = channelsFor(t);
    const transport = rabbitmqTransport({ url: urlWithManagement, service: 'test', log: silent });
    let ready = false;
    transport.ready().then(() => {
      ready = true;
    });
    transport.start([commands, events]);
    const reason = (pattern: RegExp) =>
      until(() => pattern.test(transport.status().reason ?? ''), { limitMs: 15_000, what: `${pattern}` });

    await reason(/has no dead-letter exchange/);
    assert.equal(transport.status().misconfigured, true);
    const deadLetters = [commands, events].map(({ name }) => `${name}.a.dlq`);
    for (const queue of deadLetters) await policy(queue, { 'delivery-limit': 20 });
    const queues = [commands.name, `${events.name}.a`];
    for (const queue of queues) await policy(queue, { 'dead-letter-exchange': '', 'delivery-limit': 50 });
    await reason(/\.dlq" has a delivery limit/);
    assert.equal(ready, false);
    for (const queue of deadLetters) await policy(queue, { 'delivery-limit': -1 });
    await until(() => ready && transport.status().connected, { limitMs: 30_000, what: 'ready' });
    assert.ok(!transport.status().misconfigured);

    await transport.close();
    for (const queue of [...queues, ...deadLetters]) await policy(queue, undefined);
  });

  test('a broker that is away at the start is an outage, and no fault of its policies', async (t) => {
    const { commands } = channelsFor(t);
    const way = await brokerProxy(t);
    way.down();
    const address = `${way.url}?management=${management}`;
    const transport = rabbitmqTransport({ url: address, service: 'test', log: silent });
    t.after(() => transport.close());
    transport.start([commands]);
    const { status } = transport;
    await until(() => status().reason !== 'test publish is not open yet', {
      limitMs: 15_000,
      what: 'an attempt',
    });
    assert.deepEqual([status().connected, status().misconfigured], [false, undefined]);
    way.up();
    await until(() => status().misconfigured, { limitMs: 30_000, what: 'the policies are looked at' });
  });

  test('what the broker itself gives up on lies in the dead letters, and the messages beside it do not', async (t) => {
    const { commands } = channelsFor(t);
    const deadLetters = `${commands.name}.a.dlq`;
    const transport = rabbitmqTransport({
      url: urlWithManagement.replace(/\?.*/, ''),
      service: 'test',
      log: silent,
    });
    t.after(() => transport.close());
    transport.start([commands]);
    await transport.ready();
    await policy(commands.name, {
      'delivery-limit': 3,
      'dead-letter-exchange': '',
      'dead-letter-routing-key': deadLetters,
      'dead-letter-strategy': 'at-least-once',
      overflow: 'reject-publish',
    });
    await raw(async (amqp) => {
      for (const messageId of ['good', 'poison'])
        amqp.sendToQueue(commands.name, Buffer.from('{}'), { messageId });
      await amqp.waitForConfirms();
      await amqp.consume(commands.name, (message) => {
        if (message?.properties.messageId === 'poison') amqp.reject(message, true);
        else if (message) amqp.ack(message);
      });
      await until(async () => (await amqp.checkQueue(deadLetters)).messageCount === 1, {
        limitMs: 15_000,
        what: 'the dead letter',
      });
    });
    const [letter, ...more] = await transport.listDeadLetters({
      channel: commands.name,
      group: 'a',
      limit: 10,
    });
    assert.deepEqual([letter?.id, letter?.reason, more.length], ['poison', 'broker: delivery_limit', 0]);
    await policy(commands.name, undefined);
  });
});
