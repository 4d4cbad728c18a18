import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import { createAssignment } from '../../../src/messaging/kafka/assignment.ts';
import { until } from '../../../src/testing/index.ts';
import { silent } from './broker.ts';

const topic = 'tasks';
const soon = (what: string) => ({ what, limitMs: 5_000 });

/** A member whose messages are handled at once; commits end when the test says so. */
function joined() {
  const handled: string[] = [];
  const commits: { offset: string | undefined; end(): void }[] = [];
  const commitOffsets = (positions: readonly { offset: string }[]) =>
    new Promise<void>((end) => commits.push({ offset: positions[0]?.offset, end }));
  const reader = {
    channel: topic,
    stopping: false,
    settle: async ({ offset }: KafkaMessage) => handled.push(offset) > 0,
    track: () => {},
    stop: async () => {},
  };
  const assignment = createAssignment({
    consumer: { commitOffsets: commitOffsets as never, pause: () => {}, resume: () => {} },
    admin: { fetchTopicOffsets: async () => [] },
    group: 'a',
    readers: new Map([[topic, reader]]),
    log: silent,
  });
  const take = (offsets: readonly number[], partition = 0) =>
    assignment.take({
      ...{ topic, partition },
      messages: offsets.map((offset) => ({ offset: String(offset), value: null }) as KafkaMessage),
    });
  return { assignment, handled, commits, take };
}

test('while a member goes on, what waits is committed, and what comes later', async (t) => {
  const { assignment, handled, commits, take } = joined();
  t.after(() => assignment.end());
  assignment.share({ [topic]: [0] });
  take([50]);
  await until(() => commits.length === 1, soon('the first commit'));
  take([51, 52]);
  await until(() => handled.length === 3, soon('three messages'));
  assignment.share({ [topic]: [0] });
  commits[0]?.end();
  await setImmediate(); // What waited for that is done, or dropped.
  commits[1]?.end();
  take([500]);
  await until(() => commits.length === 3, soon('the last commit'));
  assert.deepEqual(
    commits.map(({ offset }) => offset),
    ['51', '53', '501'],
  );
});

test('of one that has ended nothing more is committed, and nothing more is taken', async () => {
  const { assignment, handled, commits, take } = joined();
  assignment.share({ [topic]: [0, 1] });
  take([50]);
  await until(() => commits.length === 1, soon('the first commit'));
  take([51]);
  take([10], 1);
  await until(() => handled.length === 3, soon('what waits for that commit'));
  await setImmediate();
  assignment.end();
  take([52]);
  commits[0]?.end();
  await setImmediate();
  assert.deepEqual([handled, commits.map(({ offset }) => offset)], [['50', '51', '10'], ['51']]);
});
