import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KafkaMessage } from 'kafkajs';
import { startPartition } from '../../../src/messaging/kafka/partition.ts';
import { until } from '../../../src/testing/index.ts';
import { silent } from './broker.ts';

const record = (offset: number) => ({ offset: String(offset), value: null }) as KafkaMessage;

function open() {
  const commits: bigint[] = [];
  const handled: string[] = [];
  const reader = {
    channel: 'tasks',
    stopping: false,
    settle: async ({ offset }: KafkaMessage) => handled.push(offset) > 0,
    track: () => {},
    stop: async () => {},
  };
  const partition = startPartition({
    reader,
    name: 'tasks/0',
    end: Promise.resolve(undefined),
    commit: async (offset) => void commits.push(offset),
    hold: () => {},
    release: () => {},
    log: silent,
  });
  return { partition, commits, handled };
}

const soon = (what: string) => ({ what, limitMs: 5_000 });

test('what is fetched again after a rebalance, when nothing is queued any more, does not end the commits', async () => {
  const { partition, commits, handled } = open();
  partition.push([0, 1, 2].map(record));
  await until(() => commits.at(-1) === 3n, soon('the first commit'));
  for (const offset of [0, 2]) {
    const before = handled.length;
    partition.push([record(offset)]);
    await until(() => handled.length > before, soon(`message ${offset} again`));
  }
  partition.push([3, 4].map(record));
  await until(() => commits.at(-1) === 5n, soon('the next commit'));
  partition.push(Array.from({ length: 50 }, (_, i) => record(5 + i)));
  await until(() => commits.at(-1) === 55n, soon('the last commit'));
  assert.ok(
    commits.every((offset, i) => offset > (commits[i - 1] ?? 0n)),
    `${commits} goes back`,
  );
});
