// The topics of a system. They are created by an operator or by the init job, never by a service: how many
// partitions they have and how long they are kept is not a service's decision.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import { milliseconds } from '../../config/index.ts';
import { DEAD_LETTER_RETENTION } from '../retention.ts';
import type { Channel } from '../transport.ts';
import { typeOf } from './client.ts';

/** At most so many replicas of a service share the work of one channel. */
const PARTITIONS = 6;
/** Less than the inbox remembers (30 days): what is read twice has no second effect. */
const RETENTION = '168h';
const LOOK_MS = 200;
const LOOKS = 50;

export interface Place {
  readonly channel: string;
  readonly group: string;
}

/** Topic of the dead letters of one group. */
export const deadLetterTopicOf = ({ channel, group }: Place): string => `${channel}.${group}.dlt`;

/** Topic by which a dead letter comes back to its group and to no other. */
export const replayTopicOf = ({ channel, group }: Place): string => `${channel}.${group}.replay`;

/** All topics that these channels need, with their settings. */
export function topicsOf(channels: readonly Channel[]): ITopicConfig[] {
  return channels.flatMap(({ name, groups }) => [
    topic(name, PARTITIONS, { 'retention.ms': String(milliseconds(RETENTION)) }),
    ...groups.flatMap((group) => [
      topic(replayTopicOf({ channel: name, group }), 1, { 'retention.ms': String(milliseconds(RETENTION)) }),
      // Compaction forgets what was replayed or dropped; see dead-letters.ts.
      topic(deadLetterTopicOf({ channel: name, group }), 1, {
        'cleanup.policy': 'compact,delete',
        'retention.ms': String(milliseconds(DEAD_LETTER_RETENTION)),
      }),
    ]),
  ]);
}

function topic(name: string, numPartitions: number, settings: Record<string, string>): ITopicConfig {
  const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  // Replication is the broker's default.
  return { topic: name, numPartitions, replicationFactor: -1, configEntries };
}

/** Names of those that the broker does not have. All that it has are asked for only when one is missing. */
export async function missingTopics(admin: Admin, channels: readonly Channel[]): Promise<string[]> {
  const names = topicsOf(channels).map(({ topic: name }) => name);
  try {
    await admin.fetchTopicMetadata({ topics: names });
    return [];
  } catch (error) {
    if (typeOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
  }
  const there = new Set(await admin.listTopics());
  return names.filter((name) => !there.has(name));
}

/**
 * Creates what is missing and leaves alone what is there; beside others who do the same.
 * @returns new names
 * @throws when the broker does not show them within about 10 s
 */
export async function createTopics(admin: Admin, channels: readonly Channel[]): Promise<string[]> {
  const missing = await missingTopics(admin, channels);
  if (missing.length === 0) return [];
  const topics = topicsOf(channels).filter(({ topic: name }) => missing.includes(name));
  await admin.createTopics({ topics, waitForLeaders: false });
  // Created is not known everywhere yet.
  for (let looks = 0; ; looks++) {
    const late = await missingTopics(admin, channels);
    if (late.length === 0) return missing;
    if (looks === LOOKS)
      throw new Error(`The broker does not show what it was to create: ${late.join(', ')}`);
    await sleep(LOOK_MS);
  }
}
