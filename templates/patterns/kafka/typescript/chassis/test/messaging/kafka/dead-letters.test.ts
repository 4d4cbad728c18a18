import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { deadLetterTopicOf } from '../../../src/messaging/kafka/topics.ts';
import type { DeadLetter } from '../../../src/messaging/transport.ts';
import { until } from '../../../src/testing/index.ts';
import { channelsFor, open, produce, recordsOf, skip } from './broker.ts';

const letter = (channel: string, group: string, id: string): DeadLetter => ({
  id,
  channel,
  group,
  type: 'DoTask',
  reason: 'Permanent: no such task',
  attempts: 5,
  failedAt: '2030-01-01T00:00:05.000Z',
  firstSeenAt: '2030-01-01T00:00:00.000Z',
  headers: { id, type: 'DoTask', traceparent: '00-1-2-01' },
  body: '{"n":1}',
});

suite('dead letters on Kafka', { skip }, () => {
  test('a dead letter keeps its reason; looking does not remove it; written twice it is one', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const place = { channel: commands.name, group };
    assert.deepEqual(await transport.listDeadLetters({ ...place, limit: 10 }), []);
    const one = letter(commands.name, group, 'm-1');
    await transport.deadLetter(one);
    await transport.deadLetter(one);
    await transport.deadLetter({ ...one, body: '{"n":2}' });
    for (let look = 0; look < 2; look++) {
      const letters = await transport.listDeadLetters({ ...place, limit: 10 });
      assert.deepEqual(letters, [one, { ...one, body: '{"n":2}' }]);
    }
    assert.equal((await transport.listDeadLetters({ ...place, limit: 1 })).length, 1);
  });

  test('a replay reaches its own group only, with the same id and without the reason, and the letter is gone', async (t) => {
    const { events, group, other } = await channelsFor(t, ['a', 'b']);
    const transport = await open(t, [events]);
    const seen = new Map<string, Record<string, string>[]>([
      [group, []],
      [other, []],
    ]);
    for (const each of [group, other]) {
      const handle = async ({ headers }: { headers: Readonly<Record<string, string>> }) => {
        seen.get(each)?.push({ ...headers });
        return { action: 'done' } as const;
      };
      transport.consume({ channel: events.name, group: each, prefetch: 1, handle });
    }
    for (const id of ['m-1', 'm-2']) await transport.deadLetter(letter(events.name, group, id));
    const place = { channel: events.name, group };
    // A tool of its own, which has no list yet.
    const tool = await open(t, [events]);
    assert.equal(await tool.takeDeadLetter({ ...place, id: 'm-1', replay: true }), true);
    assert.equal(await tool.takeDeadLetter({ ...place, id: 'm-1', replay: true }), false);
    await until(() => seen.get(group)?.length === 1, { limitMs: 30_000, what: 'the replay' });
    assert.deepEqual(seen.get(group), [{ id: 'm-1', type: 'DoTask', traceparent: '00-1-2-01', replay: '1' }]);

    assert.equal(await tool.takeDeadLetter({ ...place, id: 'm-2', replay: false }), true);
    assert.deepEqual(await transport.listDeadLetters({ ...place, limit: 10 }), []);
    assert.deepEqual([seen.get(group)?.length, seen.get(other)], [1, []]);
    assert.equal((await recordsOf(events.name)).length, 0, 'nothing came to the topic that all read');
  });

  test('a message that is dead again after its replay stays, in whichever order the broker learns of both', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const place = { channel: commands.name, group };
    const one = letter(commands.name, group, 'm-1');
    transport.consume({
      ...place,
      prefetch: 1,
      handle: async ({ headers }) => {
        await transport.deadLetter({ ...one, headers });
        return { action: 'done' };
      },
    });
    await transport.deadLetter(one);
    const topic = deadLetterTopicOf(place);
    const [first] = await recordsOf(topic);
    assert.equal(await transport.takeDeadLetter({ ...place, id: 'm-1', replay: true }), true);
    const list = () => transport.listDeadLetters({ ...place, limit: 10 });
    await until(async () => (await recordsOf(topic)).length === 3, { limitMs: 30_000, what: 'dead again' });
    // As if what says that the first letter is gone came only now.
    await produce(topic, [{ key: String(first?.key), value: null }]);
    assert.deepEqual(await list(), [{ ...one, headers: { ...one.headers, replay: '1' } }]);
  });

  test('a letter that is too large is cut off, and says so', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    await transport.deadLetter({ ...letter(commands.name, group, 'big'), body: 'x'.repeat(3_000_000) });
    const [found] = await transport.listDeadLetters({ channel: commands.name, group, limit: 1 });
    assert.match(found?.reason ?? '', /no such task \(the first 524288 of 3000000 bytes are kept\)$/);
    assert.equal(found?.body.length, 524_288);
  });

  test('of a letter whose headers are too large those of its envelope are kept, and it says so', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const one = letter(commands.name, group, 'big');
    const foreign = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`note-${i}`, 'ä'.repeat(50_000)]),
    );
    await transport.deadLetter({
      ...one,
      headers: { ...foreign, ...one.headers },
      body: 'x'.repeat(200_000),
    });
    const [found] = await transport.listDeadLetters({ channel: commands.name, group, limit: 1 });
    assert.deepEqual({ ...found?.headers, ...one.headers }, found?.headers);
    assert.ok(!Object.keys(found?.headers ?? {}).some((name) => name in foreign));
    assert.match(found?.reason ?? '', /no such task \(of 900\d{3} bytes of headers .* are kept\)$/);
    assert.equal(found?.body.length, 200_000);
  });

  test('a record that someone else put there is shown, and can be dropped', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    const place = { channel: commands.name, group };
    await produce(`${commands.name}.${group}.dlt`, [{ key: 'k', value: 'not JSON' }]);
    const [found] = await transport.listDeadLetters({ ...place, limit: 10 });
    assert.deepEqual([found?.id, found?.body], ['offset-0', 'not JSON']);
    assert.match(found?.reason ?? '', /not put there by its consumer/);
    assert.equal(await transport.takeDeadLetter({ ...place, id: 'offset-0', replay: false }), true);
    assert.deepEqual(await transport.listDeadLetters({ ...place, limit: 10 }), []);
  });

  test('after closing, a dead letter is an error and not a silence', async (t) => {
    const { commands, group } = await channelsFor(t);
    const transport = await open(t, [commands]);
    await transport.close();
    await assert.rejects(transport.deadLetter(letter(commands.name, group, 'm-1')), /closed/);
  });
});
