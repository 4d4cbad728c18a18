import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { IncomingMessage, Verdict } from '../../../src/messaging/transport.ts';
import { until } from '../../../src/testing/index.ts';
import { brokerProxy, channelsFor, message, open, raw, skip } from './broker.ts';

const done: Verdict = { action: 'done' };
const paused: Verdict = { action: 'pause', reason: 'database is down' };

/** A handler that notes what it gets and answers with `verdict`. */
function recorder(verdict: (message: IncomingMessage) => Verdict | Promise<Verdict> = () => done) {
  const seen: IncomingMessage[] = [];
  const handle = async (incoming: IncomingMessage) => {
    seen.push(incoming);
    return verdict(incoming);
  };
  return { seen, handle, ids: () => seen.map(({ headers }) => headers.id) };
}

const within = (what: string, limitMs = 15_000) => ({ what, limitMs });

suite('consuming from RabbitMQ', { skip }, () => {
  test('what is done is gone; headers are text with lower-case names', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    const { seen, handle } = recorder();
    const consumer = transport.consume({ channel: commands.name, group: 'a', prefetch: 10, handle });
    await raw(async (amqp) => {
      amqp.sendToQueue(commands.name, Buffer.from('{"n":1}'), {
        headers: { Id: 'm-1', Number: 7, Flag: true },
      });
      await amqp.waitForConfirms();
    });
    await until(() => seen.length === 1, within('the message arrives'));
    const { headers, body, redelivered, attempt, group } = seen[0] as IncomingMessage;
    assert.deepEqual(headers, { id: 'm-1', number: '7', flag: 'true' });
    assert.deepEqual([body.toString(), redelivered, attempt, group], ['{"n":1}', false, undefined, 'a']);
    await consumer.stop();
    assert.equal((await raw((amqp) => amqp.checkQueue(commands.name))).messageCount, 0);
  });

  test('a foreign client declares the queue as it likes, and its bare message is passed as it is', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    const { seen, handle } = recorder();
    transport.consume({ channel: commands.name, group: 'a', prefetch: 10, handle });
    await raw(async (amqp) => {
      await amqp.assertQueue(commands.name, { durable: false });
      amqp.sendToQueue(commands.name, Buffer.from([0xff, 0x00]));
      await amqp.waitForConfirms();
    });
    await until(() => seen.length === 1, within('the message arrives'));
    assert.deepEqual(seen[0]?.headers, {});
    assert.deepEqual(seen[0]?.body, Buffer.from([0xff, 0x00]));
  });

  test('at most `prefetch` messages are in hand', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    let inHand = 0;
    let most = 0;
    const { seen, handle } = recorder(async () => {
      most = Math.max(most, ++inHand);
      await new Promise(setImmediate);
      inHand--;
      return done;
    });
    await transport.publish(Array.from({ length: 50 }, () => message(commands.name)));
    transport.consume({ channel: commands.name, group: 'a', prefetch: 3, handle });
    await until(() => seen.length === 50, within('all arrive'));
    assert.ok(most <= 3, `${most} were in hand`);
  });

  test('a paused message is held, counts nothing and is handed out again', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    let pauses = 3;
    const { seen, handle } = recorder(() => (pauses-- > 0 ? paused : done));
    transport.consume({ channel: commands.name, group: 'a', prefetch: 10, handle });
    await transport.publish([message(commands.name)]);
    await until(() => seen.length === 4, within('it is handed out until it is done', 30_000));
    assert.deepEqual(new Set(seen.map(({ redelivered }) => redelivered)), new Set([false]));
  });

  test('a handler that throws is taken for a pause, and the consumer lives', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    let failures = 1;
    const { ids, handle } = recorder(() => {
      if (failures-- > 0) throw new Error('bug');
      return done;
    });
    transport.consume({ channel: commands.name, group: 'a', prefetch: 1, handle });
    await transport.publish([
      message(commands.name, { id: 'first' }),
      message(commands.name, { id: 'second' }),
    ]);
    await until(() => ids().includes('second'), within('the next message'));
    assert.deepEqual(ids(), ['first', 'first', 'second']);
  });

  test('stopping settles what is in hand, and what is held goes to another consumer as redelivered', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    let release = (_: Verdict) => {};
    const slow = new Promise<Verdict>((resolve) => {
      release = resolve;
    });
    const first = recorder(({ headers }) => (headers.id === 'slow' ? slow : paused));
    const consumer = transport.consume({ channel: commands.name, group: 'a', prefetch: 2, ...first });
    await transport.publish([message(commands.name, { id: 'slow' }), message(commands.name, { id: 'held' })]);
    await until(() => first.seen.length >= 2, within('both are in hand'));
    let stopped = false;
    const stopping = consumer.stop().then(() => {
      stopped = true;
    });
    const second = recorder();
    transport.consume({ channel: commands.name, group: 'a', prefetch: 2, ...second });
    await until(() => second.seen.length === 1, within('the held one is handed to the other'));
    assert.deepEqual([second.ids(), second.seen[0]?.redelivered, stopped], [['held'], true, false]);
    release(done);
    await stopping;
    assert.equal((await raw((amqp) => amqp.checkQueue(commands.name))).messageCount, 0);
  });

  test('a deleted queue is declared again and consumed again', async (t) => {
    const { commands, events } = channelsFor(t);
    const transport = await open(t, [commands, events]);
    for (const channel of [commands, events]) {
      const { seen, handle } = recorder();
      const queue = channel === commands ? commands.name : `${events.name}.a`;
      transport.consume({ channel: channel.name, group: 'a', prefetch: 10, handle });
      await until(
        async () => (await raw((amqp) => amqp.checkQueue(queue))).consumerCount === 1,
        within('consuming'),
      );
      await raw((amqp) => amqp.deleteQueue(queue));
      await until(async () => {
        await transport.publish([message(channel.name)]);
        return seen.length > 0;
      }, within('consuming again'));
    }
  });

  test('a lost connection: every message is handled, those in hand again and as redelivered', async (t) => {
    const { commands } = channelsFor(t);
    const proxy = await brokerProxy(t);
    const transport = await open(t, [commands], proxy.url);
    let cut = false;
    const { seen, ids, handle } = recorder(async () => {
      if (cut) return done;
      cut = true;
      proxy.cut();
      return done;
    });
    const direct = await open(t, [commands]);
    const sent = Array.from({ length: 30 }, () => message(commands.name));
    await direct.publish(sent);
    transport.consume({ channel: commands.name, group: 'a', prefetch: 5, handle });
    const expected = new Set(sent.map(({ envelope }) => envelope.id));
    await until(() => new Set(ids()).size === expected.size, within('all are handled', 30_000));
    assert.deepEqual(new Set(ids()), expected);
    assert.ok(seen.some(({ redelivered }) => redelivered));
    await until(
      async () => (await raw((amqp) => amqp.checkQueue(commands.name))).messageCount === 0,
      within('all acknowledged'),
    );
  });

  test('a consumer may be started before the broker is there', async (t) => {
    const { commands } = channelsFor(t);
    const proxy = await brokerProxy(t);
    const direct = await open(t, [commands]);
    proxy.down();
    const late = open(t, [commands], proxy.url);
    proxy.up();
    const transport = await late;
    const { seen, handle } = recorder();
    transport.consume({ channel: commands.name, group: 'a', prefetch: 5, handle });
    await direct.publish([message(commands.name)]);
    await until(() => seen.length === 1, within('the message arrives'));
  });
});
