// Publishing as it is done without outbox and supervision, straight to the broker, in batches that are confirmed.
import { randomUUID } from 'node:crypto';
import type { Message } from '@app/chassis/contract';
import { openDatabase } from '@app/chassis/database';
import { type OutgoingMessage, openTransport, toHeaders } from '@app/chassis/messaging';
import { channels } from '@app/contracts/channels';
import { connect } from 'amqplib';

/** As many as the relay takes at once. */
const BATCH = 500;
const QUEUE = 'inventories';

export interface RawPublisher {
  /** Resolves when the broker has confirmed all of them. */
  publish<T>(messages: readonly Message<T>[]): Promise<void>;
  /** Takes all that was sent from the broker again. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Straight to the broker of the URL. */
export const openRaw = (url: string): Promise<RawPublisher> =>
  url.startsWith('amqp') ? openRabbitmq(url) : openPostgres(url);

async function openRabbitmq(url: string): Promise<RawPublisher> {
  const connection = await connect(url);
  const amqp = await connection.createConfirmChannel();
  return {
    publish: async (messages) => {
      for (const batch of batchesOf(messages)) {
        for (const message of batch) {
          const { envelope, body } = outgoing(message);
          const options = { persistent: true, mandatory: true, headers: toHeaders(envelope) };
          amqp.publish('', QUEUE, Buffer.from(body), options);
        }
        await amqp.waitForConfirms();
      }
    },
    clear: async () => {
      await amqp.purgeQueue(QUEUE);
    },
    close: () => connection.close(),
  };
}

async function openPostgres(url: string): Promise<RawPublisher> {
  const silent = { info() {}, warn() {}, error() {} };
  const transport = openTransport({ url, service: 'raw', log: silent });
  const db = openDatabase({ url, max: 1 });
  transport.start(channels);
  await transport.ready();
  return {
    publish: async (messages) => {
      for (const batch of batchesOf(messages)) {
        const outcomes = await transport.publish(batch.map(outgoing));
        if (outcomes.some(({ status }) => status !== 'confirmed')) throw new Error('Not all were confirmed.');
      }
    },
    clear: async () => {
      // The transport purges beside it: a transaction is repeated where the two lock each other out.
      await db.transaction((tx) => tx.query('TRUNCATE message, delivery'));
    },
    close: async () => {
      await transport.close();
      await db.close();
    },
  };
}

export function batchesOf<T>(messages: readonly Message<T>[]): Message<T>[][] {
  const count = Math.ceil(messages.length / BATCH);
  return Array.from({ length: count }, (_, i) => messages.slice(i * BATCH, (i + 1) * BATCH));
}

function outgoing<T>({ type, data }: Message<T>): OutgoingMessage {
  const key = type.key(data);
  const { type: name, version: schemaVersion } = type;
  const time = new Date().toISOString();
  const envelope = {
    id: randomUUID(),
    source: 'raw',
    type: name,
    schemaVersion,
    time,
    aggregateId: key,
  };
  return { envelope, channel: QUEUE, key, body: JSON.stringify(data) };
}
