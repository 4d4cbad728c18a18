// One member of a consumer group, for all channels that the group reads: in one group every member has to read the
// same topics. The client ends itself after some errors and never comes back: then a new one takes its place.
import { keepAlive } from '../loop.ts';
import { answered, type Consumer, type Transport, type TransportOptions } from '../transport.ts';
import type { Address } from './address.ts';
import { createAssignment } from './assignment.ts';
import { openClient } from './client.ts';
import { createReader, type Reader } from './reader.ts';
import { replayTopicOf } from './topics.ts';

const BACKOFF = { firstMs: 250, longestMs: 5_000 };
/** A member that is killed holds up its partitions for so long. */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const REBALANCE_MS = 30_000;
/** How long a fetch waits for messages, and so the longest delay of one that comes after a full queue was emptied. */
const FETCH_MS = 250;
const FETCH_BYTES = 256 * 1024;
const REQUEST_MS = 15_000;
const CLOSE_MS = 5_000;
/** A member asks one broker about its group, and no other when that one is gone: it ends, and the next one asks anew. */
const RETRIES = 5;

const SETTINGS = {
  sessionTimeout: SESSION_MS,
  heartbeatInterval: HEARTBEAT_MS,
  rebalanceTimeout: REBALANCE_MS,
  maxWaitTimeInMs: FETCH_MS,
  maxBytesPerPartition: FETCH_BYTES,
  allowAutoTopicCreation: false,
  retry: {
    initialRetryTime: 200,
    maxRetryTime: 2_000,
    retries: RETRIES,
    restartOnFailure: async () => false,
  },
};

export interface GroupConsumer {
  readonly group: string;
  /** Channels that are read, and why nothing is read at the moment. */
  channels(): readonly string[];
  failure(): string | undefined;
  /** Once its last channel was stopped it cannot be used again. */
  isClosed(): boolean;
  add(options: Omit<Parameters<Transport['consume']>[0], 'group'>): Consumer;
  close(): Promise<void>;
}

interface GroupConsumerOptions {
  readonly address: Address;
  readonly group: string;
  readonly name: string;
  /** Resolves once all topics are there. */
  readonly ready: Promise<void>;
  readonly log: TransportOptions['log'];
}

export function createGroupConsumer({
  address,
  group,
  name,
  ready,
  log,
}: GroupConsumerOptions): GroupConsumer {
  const readers = new Map<string, Reader>();
  const closing = new AbortController();
  const closed = new Promise<void>((resolve) => {
    closing.signal.addEventListener('abort', () => resolve());
  });
  let failure: string | undefined = 'not started';
  let renew: (reason: Error) => void = () => {};

  /** Joins the group and reads until something ends it. */
  async function oneLife(): Promise<never> {
    const client = openClient({ address, name: `${name} consume`, retries: RETRIES, requestMs: REQUEST_MS });
    const consumer = client.kafka.consumer({ ...SETTINGS, groupId: group });
    const admin = client.kafka.admin();
    const assignment = createAssignment({ consumer, admin, group, readers, log });
    let member: string | undefined;
    const ended = new Promise<never>((_, reject) => {
      renew = reject;
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        // Others may have got further meanwhile, and what is still being fetched is of the time before.
        if (member !== undefined && member !== payload.memberId)
          return reject(new Error('The group has thrown this member out'));
        member = payload.memberId;
        failure = undefined;
        log.info({ group, assignment: payload.memberAssignment }, 'Joined the consumer group');
        assignment.share(payload.memberAssignment);
      });
    });
    try {
      const topics = [...readers.keys()];
      await Promise.race([ended, Promise.all([consumer.connect(), admin.connect()])]);
      await Promise.race([ended, consumer.subscribe({ topics, fromBeginning: true })]);
      const eachBatch = async ({ batch }: { batch: Parameters<typeof assignment.take>[0] }) =>
        assignment.take(batch);
      // It resolves when the group is joined, which takes as long as an outage.
      await Promise.race([ended, consumer.run({ autoCommit: false, eachBatch })]);
      return await ended;
    } finally {
      assignment.end();
      const over = Promise.allSettled([consumer.disconnect(), admin.disconnect()]);
      await answered(CLOSE_MS, over).catch(() => {}); // It is cut off next.
      client.cut();
    }
  }

  async function keepReading(): Promise<void> {
    await Promise.race([ready, closed]);
    await keepAlive({
      life: oneLife,
      onEnd: ({ message }) => {
        failure = message;
        log.warn({ group, error: failure }, 'Consuming was interrupted; it is begun anew');
      },
      backoff: BACKOFF,
      signal: closing.signal,
    });
  }

  let done: Promise<void> | undefined;
  async function close(): Promise<void> {
    closing.abort();
    renew(new Error(`${group} is closed`));
    await done;
  }

  return {
    group,
    channels: () => [...new Set([...readers.values()].map(({ channel }) => channel))],
    failure: () => failure,
    isClosed: () => closing.signal.aborted,
    close,
    add: ({ channel, prefetch, handle }) => {
      const reader = createReader({ channel, group, prefetch, handle, log });
      const topics = [channel, replayTopicOf({ channel, group })];
      for (const topic of topics) readers.set(topic, reader);
      if (done) renew(new Error('Another channel is read'));
      // Those that are added together begin together.
      done ??= Promise.resolve().then(keepReading);
      return {
        stop: async () => {
          await reader.stop();
          for (const topic of topics) readers.delete(topic);
          if (readers.size === 0) await close();
        },
      };
    },
  };
}
