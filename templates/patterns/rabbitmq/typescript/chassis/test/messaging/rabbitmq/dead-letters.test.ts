import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DeadLetter, Transport } from '../../../src/messaging/transport.ts';
import { until } from '../../../src/testing/index.ts';
import { channelsFor, open, raw, skip, url } from './broker.ts';

const letter = (channel: string, id: string): DeadLetter => ({
  id,
  channel,
  group: 'a',
  type: 'DoTask',
  reason: 'Permanent: no such task',
  attempts: 5,
  failedAt: '2030-01-01T00:00:05.000Z',
  firstSeenAt: '2030-01-01T00:00:00.000Z',
  headers: { id, type: 'DoTask', traceparent: '00-1-2-01' },
  body: '{"n":1}',
});

/** What was put back after a visit appears again a moment later. */
async function listed(transport: Transport, channel: string, count: number): Promise<DeadLetter[]> {
  return until(
    async () => {
      const letters = await transport.listDeadLetters({ channel, group: 'a', limit: 100 });
      return letters.length === count ? letters : undefined;
    },
    { limitMs: 10_000, what: `${count} dead letters` },
  );
}

suite('dead letters on RabbitMQ', { skip }, () => {
  test('a dead letter keeps its reason, and looking at it does not remove it', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    await transport.deadLetter(letter(commands.name, 'm-1'));
    assert.deepEqual(await listed(transport, commands.name, 1), [letter(commands.name, 'm-1')]);
    // More often than the broker's default delivery limit of 20, which deletes silently.
    for (let look = 0; look < 25; look++) await listed(transport, commands.name, 1);
    assert.deepEqual(await listed(transport, commands.name, 1), [letter(commands.name, 'm-1')]);
  });

  test('one whose id and type are longer than AMQP has room for is kept whole, and found by the id that is shown', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    const headers = { id: 'i'.repeat(300), type: 'T'.repeat(300) };
    await transport.deadLetter({ ...letter(commands.name, headers.id), type: headers.type, headers });
    const [shown] = await listed(transport, commands.name, 1);
    assert.deepEqual(shown?.headers, headers);
    assert.equal(shown?.type, headers.type);
    const place = { channel: commands.name, group: 'a' };
    assert.equal(await transport.takeDeadLetter({ ...place, id: shown?.id ?? '', replay: true }), true);
    const replayed = await raw((amqp) => amqp.get(commands.name));
    assert.ok(replayed);
    assert.deepEqual(replayed.properties.headers, headers);
  });

  test('of one whose headers are too large those of its envelope are kept, and it says so', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    const one = letter(commands.name, 'm-1');
    const foreign = Object.fromEntries(
      Array.from({ length: 3 }, (_, i) => [`note-${i}`, 'ä'.repeat(16_000)]),
    );
    await transport.deadLetter({
      ...one,
      reason: 'r'.repeat(100_000),
      headers: { ...foreign, ...one.headers },
    });
    const [found] = await listed(transport, commands.name, 1);
    assert.deepEqual({ ...found?.headers, ...one.headers }, found?.headers);
    assert.ok(!Object.keys(found?.headers ?? {}).some((name) => name in foreign));
    assert.match(found?.reason ?? '', /^r{1024} \(of 96\d{3} bytes of headers .* are kept\)$/);
  });

  test('of one whose body is larger than any queue takes the beginning is kept, and it says so', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    await transport.deadLetter({ ...letter(commands.name, 'm-1'), body: 'x'.repeat(17 * 1024 * 1024) });
    const [found] = await listed(transport, commands.name, 1);
    assert.equal(found?.body, 'x'.repeat(512 * 1024));
    assert.match(found.reason, /no such task \(the first 524288 of 17825792 bytes are kept\)$/);
  });

  test('no more than `limit` are shown', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    for (const id of ['m-1', 'm-2', 'm-3']) await transport.deadLetter(letter(commands.name, id));
    const first = await transport.listDeadLetters({ channel: commands.name, group: 'a', limit: 2 });
    assert.deepEqual(
      first.map(({ id }) => id),
      ['m-1', 'm-2'],
    );
    await listed(transport, commands.name, 3);
  });

  test('a replay reaches its own group only, with the same id and without the reason', async (t) => {
    const { events } = channelsFor(t, ['a', 'b']);
    const transport = await open(t, [events]);
    await transport.deadLetter(letter(events.name, 'm-1'));
    await transport.deadLetter(letter(events.name, 'm-2'));
    const place = { channel: events.name, group: 'a' };
    assert.equal(await transport.takeDeadLetter({ ...place, id: 'm-2', replay: true }), true);
    const replayed = await raw((amqp) => amqp.get(`${events.name}.a`));
    assert.ok(replayed);
    assert.equal(replayed.properties.messageId, 'm-2');
    assert.deepEqual(replayed.properties.headers, letter(events.name, 'm-2').headers);
    assert.equal(replayed.content.toString(), '{"n":1}');
    assert.equal(await raw((amqp) => amqp.get(`${events.name}.b`)), false);
    assert.deepEqual(
      (await listed(transport, events.name, 1)).map(({ id }) => id),
      ['m-1'],
    );
  });

  test('a dropped one is gone; an unknown id removes nothing', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    await transport.deadLetter(letter(commands.name, 'm-1'));
    await transport.deadLetter(letter(commands.name, 'm-2'));
    const place = { channel: commands.name, group: 'a' };
    assert.equal(await transport.takeDeadLetter({ ...place, id: 'other', replay: true }), false);
    await listed(transport, commands.name, 2);
    assert.equal(await transport.takeDeadLetter({ ...place, id: 'm-1', replay: false }), true);
    assert.deepEqual(
      (await listed(transport, commands.name, 1)).map(({ id }) => id),
      ['m-2'],
    );
    assert.equal((await raw((amqp) => amqp.checkQueue(commands.name))).messageCount, 0);
  });

  test('a replay that cannot be published leaves the dead letter where it is', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    await transport.deadLetter(letter(commands.name, 'm-1'));
    await raw((amqp) => amqp.deleteQueue(commands.name));
    const place = { channel: commands.name, group: 'a' };
    await assert.rejects(transport.takeDeadLetter({ ...place, id: 'm-1', replay: true }), /No queue takes/);
    await listed(transport, commands.name, 1);
  });

  test('a message of a foreign client that the broker put there is shown, and can be replayed', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands]);
    await raw(async (amqp) => {
      amqp.sendToQueue(`${commands.name}.a.dlq`, Buffer.from('not JSON'));
      await amqp.waitForConfirms();
    });
    const [found] = await listed(transport, commands.name, 1);
    assert.match(found?.reason ?? '', /broker/);
    assert.deepEqual([found?.body, found?.headers], ['not JSON', {}]);
    const place = { channel: commands.name, group: 'a' };
    assert.equal(await transport.takeDeadLetter({ ...place, id: found?.id ?? '', replay: true }), true);
    assert.ok(await raw((amqp) => amqp.get(commands.name)));
  });

  test('after closing, a dead letter is an error and not a silence', async (t) => {
    const { commands } = channelsFor(t);
    const transport = await open(t, [commands], url);
    await transport.close();
    await assert.rejects(transport.deadLetter(letter(commands.name, 'm-1')));
    await assert.rejects(
      transport.listDeadLetters({ channel: commands.name, group: 'a', limit: 1 }),
      /No connection/,
    );
  });
});
