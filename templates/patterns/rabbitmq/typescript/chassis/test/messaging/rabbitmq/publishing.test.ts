import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '../../../src/testing/index.ts';
import { brokerProxy, channelsFor, manage, message, open, raw, skip, skipManaged, url } from './broker.ts';

suite('publishing to RabbitMQ', { skip }, () => {
  test('a confirmed command lies in its queue, persistent and with its envelope as headers', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    const outcomes = await transport.publish([message(commands.name, { id: 'm-1', body: '{"n":1}' })]);
    assert.deepEqual(outcomes, [{ status: 'confirmed' }]);
    const found = await raw((amqp) => amqp.get(commands.name));
    assert.ok(found);
    assert.equal(found.content.toString(), '{"n":1}');
    assert.equal(found.properties.deliveryMode, 2);
    assert.equal(found.properties.messageId, 'm-1');
    assert.equal(found.properties.headers?.['aggregate-id'], 'task-1');
    assert.equal(found.properties.headers?.['schema-version'], '1');
  });

  test('a message to a queue of someone else that is not there is refused', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    const [lost, good] = await transport.publish([message('nobody-reads-this'), message(commands.name)]);
    assert.equal(lost?.status, 'refused');
    assert.equal(good?.status, 'confirmed');
  });

  test('a queue of ours that was deleted is declared again, and the message is not called sent before', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    await raw((amqp) => amqp.deleteQueue(commands.name));
    const [first] = await transport.publish([message(commands.name)]);
    assert.equal(first?.status, 'unknown');
    const again = message(commands.name);
    await until(async () => (await transport.publish([again]))[0]?.status === 'confirmed', {
      limitMs: 10_000,
      what: 'the queue is declared again',
    });
    assert.equal((await raw((amqp) => amqp.checkQueue(commands.name))).messageCount, 1);
  });

  test('an exchange of ours that was deleted closes the channel, which comes back with the exchange', async (t) => {
    const { events } = channelsFor(t);
    const transport = await open(t, [events]);
    await raw((amqp) => amqp.deleteExchange(events.name));
    const [first] = await transport.publish([message(events.name)]);
    assert.equal(first?.status, 'unknown');
    await until(async () => (await transport.publish([message(events.name)]))[0]?.status === 'confirmed', {
      limitMs: 10_000,
      what: 'the exchange is declared again',
    });
    assert.equal((await raw((amqp) => amqp.checkQueue(`${events.name}.a`))).messageCount, 1);
  });

  test('a message that the broker can never take is refused, and its neighbours are sent', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    const tooLarge = message(commands.name, { body: 'x'.repeat(17 * 1024 * 1024) });
    const badName = message('x'.repeat(300));
    const outcomes = await transport.publish([
      message(commands.name),
      tooLarge,
      badName,
      message(commands.name),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['confirmed', 'refused', 'refused', 'confirmed'],
    );
  });

  test('what we may not write waits for the permission, and keeps nothing else from being sent', {
    skip: skipManaged,
  }, async (t) => {
    const { commands, events } = channelsFor(t);
    const user = `writer-of-${commands.name}`;
    await manage(`users/${user}`, { password: 'secret', tags: '' });
    t.after(() => manage(`users/${user}`, undefined));
    const write = `^(?!${events.name}$).*`;
    await manage(`permissions/%2F/${user}`, { configure: '.*', read: '.*', write });
    const address = new URL(url);
    address.username = user;
    address.password = 'secret';
    const transport = await open(t, [commands, events], address.href);

    const [denied, beside] = await transport.publish([message(events.name), message(commands.name)]);
    assert.equal(denied?.status, 'unknown');
    assert.notEqual(beside?.status, 'refused');
    const both = () => transport.publish([message(events.name), message(commands.name)]);
    await until(async () => (await both())[1]?.status === 'confirmed', {
      limitMs: 10_000,
      what: 'what we may is sent',
    });
    // It is not tried again at once: that would close the channel each time.
    for (let n = 0; n < 20; n++) {
      const [still, other] = await both();
      assert.equal(still?.status, 'unknown');
      assert.match(still.error.message, /ACCESS_REFUSED - write access to exchange/);
      assert.equal(other?.status, 'confirmed');
    }
    await manage(`permissions/%2F/${user}`, { configure: '.*', read: '.*', write: '.*' });
    await until(async () => (await both())[0]?.status === 'confirmed', {
      limitMs: 60_000,
      what: 'it is sent once we may',
    });
  });

  test('an event reaches every group, and one that nobody reads is dropped', async (t) => {
    const { events } = channelsFor(t, ['a', 'b']);
    const unread = { ...channelsFor(t).events, groups: [] };
    const transport = await open(t, [events, unread]);
    const outcomes = await transport.publish([message(events.name), message(unread.name)]);
    assert.deepEqual(new Set(outcomes.map(({ status }) => status)), new Set(['confirmed']));
    const counts = await raw(async (amqp) => [
      (await amqp.checkQueue(`${events.name}.a`)).messageCount,
      (await amqp.checkQueue(`${events.name}.b`)).messageCount,
    ]);
    assert.deepEqual(counts, [1, 1]);
  });

  test('without a connection every message is answered at once with "unknown", and the reason is told', async (t) => {
    const { commands } = channelsFor(t);
    const proxy = await brokerProxy(t);
    const transport = await open(t, [commands], proxy.url);
    proxy.down();
    await until(() => !transport.status().connected, { limitMs: 5_000, what: 'the loss is noticed' });
    const [outcome] = await transport.publish([message(commands.name)]);
    assert.equal(outcome?.status, 'unknown');
    assert.match(transport.status().reason ?? '', /\w/);
    proxy.up();
    await until(() => transport.status().connected, { limitMs: 30_000, what: 'connected again' });
    assert.deepEqual(await transport.publish([message(commands.name)]), [{ status: 'confirmed' }]);
  });

  test('a broker that stays silent is given 10 s', async (t) => {
    const { commands } = channelsFor(t);
    const proxy = await brokerProxy(t);
    const transport = await open(t, [commands], proxy.url);
    proxy.freeze();
    const begin = performance.now();
    const [outcome] = await transport.publish([message(commands.name)]);
    assert.equal(outcome?.status, 'unknown');
    assert.ok(performance.now() - begin < 11_000);
  });

  test('connections cut while publishing: nothing that was confirmed is missing', async (t) => {
    const { commands } = channelsFor(t);
    const proxy = await brokerProxy(t);
    const transport = await open(t, [commands], proxy.url);
    const confirmed = new Set<string>();
    for (let round = 0; round < 4; round++) {
      const batch = Array.from({ length: 200 }, () => message(commands.name));
      const sent = transport.publish(batch);
      if (round % 2 === 1) setImmediate(proxy.cut);
      for (const [i, { status }] of (await sent).entries())
        if (status === 'confirmed') confirmed.add(batch[i]?.envelope.id ?? '');
      await until(() => transport.status().connected, { limitMs: 30_000, what: 'connected again' });
    }
    const found = new Set<string>();
    await raw(async (amqp) => {
      for (let next = await amqp.get(commands.name); next; next = await amqp.get(commands.name))
        found.add(next.properties.messageId);
    });
    assert.ok(confirmed.size >= 400 && confirmed.size < 800, `the cuts met ${800 - confirmed.size} messages`);
    assert.deepEqual(
      [...confirmed].filter((id) => !found.has(id)),
      [],
    );
  });
});
