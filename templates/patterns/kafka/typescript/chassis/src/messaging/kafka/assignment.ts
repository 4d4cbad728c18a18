// The partitions that this member of a group has at the moment. What is fetched is queued per partition, so that
// the client goes on fetching and sending heartbeats however long a handler takes.
import type { Admin, Batch, Consumer as KafkaConsumer } from 'kafkajs';
import type { TransportOptions } from '../transport.ts';
import { createCommits } from './commits.ts';
import { type Partition, startPartition } from './partition.ts';
import type { Reader } from './reader.ts';

type MemberAssignment = Readonly<Record<string, readonly number[]>>;

interface AssignmentOptions {
  readonly consumer: Pick<KafkaConsumer, 'commitOffsets' | 'pause' | 'resume'>;
  readonly admin: Pick<Admin, 'fetchTopicOffsets'>;
  readonly group: string;
  /** By topic. */
  readonly readers: ReadonlyMap<string, Reader>;
  readonly log: TransportOptions['log'];
}

export interface Assignment {
  /** Notes what this member has from now on; what it no longer has is let go of. */
  share(assigned: MemberAssignment): void;
  /** Queues what was fetched. */
  take(batch: Pick<Batch, 'topic' | 'partition' | 'messages'>): void;
  /** Lets go of all. */
  end(): void;
}

export function createAssignment({ consumer, admin, group, readers, log }: AssignmentOptions): Assignment {
  /** By topic and partition; undefined until something of it was fetched. */
  const partitions = new Map<string, Partition | undefined>();
  let ends: Promise<ReadonlyMap<string, bigint>> = Promise.resolve(new Map());
  const commits = createCommits(consumer);

  function open(topic: string, partition: number, reader: Reader): Partition {
    const place = [{ topic, partitions: [partition] }];
    return startPartition({
      reader,
      log,
      name: `${topic}/${partition}`,
      end: ends.then((known) => known.get(keyOf(topic, partition))),
      commit: (offset) => commits.commit({ topic, partition, offset }),
      hold: () => consumer.pause(place),
      release: () => {
        try {
          consumer.resume(place);
        } catch {
          // The client has ended, and the next one holds nothing.
        }
      },
    });
  }

  function end(): void {
    for (const partition of partitions.values()) partition?.end();
    partitions.clear();
    commits.drop();
  }

  return {
    share: (assigned) => {
      const keys = new Set(
        Object.entries(assigned).flatMap(([topic, numbers]) => numbers.map((n) => keyOf(topic, n))),
      );
      for (const [key, partition] of partitions) {
        if (keys.has(key)) continue;
        partition?.end();
        partitions.delete(key);
      }
      for (const key of keys) if (!partitions.has(key)) partitions.set(key, undefined);
      ends = endsOf(admin, Object.keys(assigned)).catch((error: Error) => {
        log.warn({ group, error: error.message }, 'Where the topics end is not known');
        return new Map();
      });
    },
    take: ({ topic, partition, messages }) => {
      const key = keyOf(topic, partition);
      const reader = readers.get(topic);
      // A fetch that was under way while the partitions were shared out anew.
      if (!partitions.has(key) || !reader) return;
      const queue = partitions.get(key) ?? open(topic, partition, reader);
      partitions.set(key, queue);
      queue.push(messages);
    },
    end,
  };
}

const keyOf = (topic: string, partition: number) => `${topic}/${partition}`;

/** The offset behind the last message of each partition. */
async function endsOf(
  admin: AssignmentOptions['admin'],
  topics: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const ends = new Map<string, bigint>();
  for (const topic of topics)
    for (const { partition, high } of await admin.fetchTopicOffsets(topic))
      ends.set(keyOf(topic, partition), BigInt(high));
  return ends;
}
