import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import { createAssignment } from '../../../src/messaging/kafka/assignment.ts';
import { until } from '../../../src/testing/index.ts';
import { silent } from './broker.ts';

const topic = 'tasks';
const soon = (what: string) => ({ what, limitMs: 5_000 });

/** A member with one partition whose messages are handled at once; commits end when the test says so. */
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
  const take = (...offsets: number[]) =>
    assignment.take({
      topic,
      partition: 0,
      messages: offsets.map((offset) => ({ offset: String(offset), value: null }) as KafkaMessage),
    });
  return { assignment, handled, commits, take };
}

for (const { title, member, expected } of [
  { title: 'thrown out commits nothing of before', member: 'second', expected: [51, 501] },
  { title: 'that stayed goes on', member: 'first', expected: [51, 53, 501] },
]) {
  test(`a member ${title}`, async (t) => {
    const { assignment, handled, commits, take } = joined();
    t.after(() => assignment.end());
    assignment.share({ [topic]: [0] }, 'first');
    take(50);
    await until(() => commits.length === 1, soon('the first commit'));
    take(51, 52);
    await until(() => handled.length === 3, soon('three messages'));
    assignment.share({ [topic]: [0] }, member);
    commits[0]?.end();
    await setImmediate(); // What waited for that is done, or dropped.
    commits[1]?.end();
    take(500);
    await until(() => commits.length >= expected.length, soon('the next commit'));
    for (const { end } of commits) end();
    const offsets = commits.map(({ offset }) => offset).filter((offset) => offset !== undefined);
    assert.deepEqual(offsets, expected.map(String));
  });
}
