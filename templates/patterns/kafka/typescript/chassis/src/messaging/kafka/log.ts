// Reads a whole topic once. The client reads in groups only, so it is done by one of its own that is removed again.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka, KafkaMessage } from 'kafkajs';
import { answered } from '../transport.ts';
import { typeOf } from './client.ts';

const READ_MS = 60_000;
const CLOSE_MS = 2_000;
const LEADER_MS = 300;

/** All records from the beginning to what is the end at the time of the call, partition by partition. */
export async function readTopic(kafka: Kafka, topic: string): Promise<KafkaMessage[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await endsOf(admin, topic);
    if (ends.size === 0) return [];
    const groupId = `operator-${randomUUID()}`;
    const records = await readUntil(kafka, { topic, groupId, ends });
    await admin.deleteGroups([groupId]).catch(() => {}); // Empty, so the broker removes it in time.
    return records;
  } finally {
    await admin.disconnect().catch(() => {}); // What it had to say is said.
  }
}

/** Of the partitions that hold something. A leader that moves is looked for again. */
export async function endsOf(admin: Admin, topic: string, tries = 10): Promise<Map<number, bigint>> {
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    const filled = offsets.filter(({ low, high }) => BigInt(low) < BigInt(high));
    return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
  } catch (error) {
    if (tries === 1 || typeOf(error) !== 'NOT_LEADER_FOR_PARTITION') throw error;
    await sleep(LEADER_MS);
    return endsOf(admin, topic, tries - 1);
  }
}

interface Reading {
  readonly topic: string;
  readonly groupId: string;
  /** Offset behind the last record, by partition. */
  readonly ends: ReadonlyMap<number, bigint>;
}

async function readUntil(kafka: Kafka, { topic, groupId, ends }: Reading): Promise<KafkaMessage[]> {
  const open = new Map(ends);
  const records: KafkaMessage[] = [];
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, allowAutoTopicCreation: false });
  try {
    const read = new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        const end = open.get(payload.partition);
        if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end) open.delete(payload.partition);
        if (open.size === 0) resolve();
      });
    });
    const start = async () => {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      const eachBatch = async ({ batch }: { batch: { messages: KafkaMessage[] } }) =>
        void records.push(...batch.messages);
      await consumer.run({ autoCommit: false, eachBatch });
    };
    await answered(READ_MS, Promise.all([start(), read]));
    return records;
  } finally {
    await answered(CLOSE_MS, consumer.disconnect()).catch(() => {}); // Its group expires.
  }
}
