// A broker that lacks topics, as far as its administration tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startService } from '@app/chassis/lifecycle';
import { messaging } from '@app/chassis/messaging';
import { testDatabase, until } from '@app/chassis/testing';
import { Kafka } from 'kafkajs';
import { topicsOf } from '../../../src/messaging/kafka/topics.ts';
import { addPoints, channels } from '../world.ts';

test('a topic that is missing makes the service unready, and /readyz names it', async (t) => {
  const needed = topicsOf(channels).map(({ topic }) => topic);
  let there = needed.filter((topic) => topic !== 'scores.score-processor.dlt');
  const fetchTopicMetadata = async ({ topics }: { topics: string[] }) => {
    if (topics.every((topic) => there.includes(topic))) return;
    throw Object.assign(new Error('not there'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  };
  t.mock.method(Kafka.prototype, 'admin', () => ({
    ...{ connect: async () => {}, disconnect: async () => {} },
    ...{ fetchTopicMetadata, listTopics: async () => there },
    ...{ fetchTopicOffsets: async () => [], fetchOffsets: async () => [] },
  }));
  const db = await testDatabase(t, { folders: [] });
  const service = await startService({
    name: 'score',
    parts: [messaging({ channels, handlers: [addPoints] })],
    env: { DATABASE_URL: db.url, PORT: '0', BROKER_URL: 'kafka://127.0.0.1:1', LOG_LEVEL: 'error' },
  });
  const told = async () => {
    const response = await fetch(`http://127.0.0.1:${service.port}/readyz`);
    const { checks } = (await response.json()) as { checks: { messaging: { reason?: string } } };
    return { status: response.status, reason: checks.messaging.reason ?? '' };
  };
  try {
    const { status } = await until(
      async () => {
        const now = await told();
        return now.reason.includes('Topics are missing: scores.score-processor.dlt.') && now;
      },
      { limitMs: 10_000, what: 'the missing topic is named' },
    );
    assert.equal(status, 503);

    there = needed;
    await until(async () => (await told()).status === 200, { limitMs: 10_000, what: 'it is ready' });
  } finally {
    await service.stop();
  }
});
