import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Admin } from 'kafkajs';
import { kafkaTransport } from '../../../src/messaging/kafka/index.ts';
import { createTopics, deadLetterTopicOf, topicsOf } from '../../../src/messaging/kafka/topics.ts';
import { until } from '../../../src/testing/index.ts';
import { administer, channelsFor, namesFor, silent, skip, url } from './broker.ts';

const TOPIC_RESOURCE = 2;

suite('topics on Kafka', { skip }, () => {
  test('while a topic is missing the service is not ready and names it; then it goes on by itself', async (t) => {
    const { commands, group } = namesFor(t);
    const transport = kafkaTransport({ url, service: 'test', log: silent });
    t.after(() => transport.close());
    transport.start([commands]);
    const deadLetters = deadLetterTopicOf({ channel: commands.name, group });
    await until(() => transport.status().misconfigured, { limitMs: 15_000, what: 'the missing topics' });
    for (const name of [commands.name, deadLetters])
      assert.match(transport.status().reason ?? '', new RegExp(name));

    await administer((admin) => createTopics(admin, [commands]));
    await transport.ready();
    await until(() => transport.status().connected, { limitMs: 5_000, what: 'good health' });

    // Later on the outbox takes the messages: the service goes on, and the reason is told.
    await administer((admin) => admin.deleteTopics({ topics: [deadLetters] }));
    await until(() => transport.status().reason?.includes(deadLetters), {
      limitMs: 15_000,
      what: 'the loss',
    });
    assert.notEqual(transport.status().misconfigured, true);
  });

  test('nobody but the operator creates a topic', async (t) => {
    const { commands } = namesFor(t);
    const transport = kafkaTransport({ url, service: 'test', log: silent });
    transport.start([commands]);
    transport.consume({
      channel: commands.name,
      group: 'x',
      prefetch: 1,
      handle: async () => ({ action: 'done' }),
    });
    await until(() => transport.status().misconfigured, { limitMs: 15_000, what: 'the missing topics' });
    await transport.close();
    const there = await administer((admin) => admin.listTopics());
    assert.ok(!there.includes(commands.name));
  });

  test('what is created has its partitions and is kept as long as the inbox takes for granted', async (t) => {
    const { events, group } = await channelsFor(t);
    const day = 24 * 3_600_000;
    const found = await administer(async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [events.name] });
      const names = [events.name, deadLetterTopicOf({ channel: events.name, group })];
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: names.map((name) => ({ type: TOPIC_RESOURCE, name })),
      });
      const value = (i: number, key: string) =>
        resources[i]?.configEntries.find(({ configName }) => configName === key)?.configValue;
      return [
        topics[0]?.partitions.length,
        value(0, 'retention.ms'),
        value(1, 'retention.ms'),
        value(1, 'cleanup.policy'),
      ];
    });
    assert.deepEqual(found, [6, String(7 * day), String(14 * day), 'compact,delete']);
  });

  test('creating again changes nothing, and two at once do not stumble over each other', async (t) => {
    const { commands, events } = namesFor(t);
    const create = () => administer((admin) => createTopics(admin, [commands, events]));
    await Promise.all([create(), create()]);
    assert.deepEqual(await create(), []);
    const there = await administer((admin) => admin.listTopics());
    for (const { topic } of topicsOf([commands, events])) assert.ok(there.includes(topic), topic);
  });
});

test('topics that do not come after they were created are an error that names them', async () => {
  const admin = {
    fetchTopicMetadata: async () => {
      throw Object.assign(new Error('not there'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    },
    listTopics: async () => ['tasks'],
    createTopics: async () => true,
  };
  const channels = [{ name: 'tasks', kind: 'commands', groups: ['a'] }] as const;
  await assert.rejects(
    createTopics(admin as unknown as Admin, channels),
    /: tasks\.a\.replay, tasks\.a\.dlt$/,
  );
});
