// Publishing as it is done without outbox and supervision, straight to the broker, in batches that are confirmed.
import { randomUUID } from 'node:crypto';
import type { Message } from '@app/chassis/contract';
import type { OutgoingMessage } from '@app/chassis/messaging';

/** As many as the relay takes at once. */
const BATCH = 500;
export const CHANNEL = 'inventories';

export interface RawPublisher {
  /** Resolves when the broker has confirmed all of them. */
  publish<T>(messages: readonly Message<T>[]): Promise<void>;
  /** Takes all that was sent from the broker again. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Straight to the broker of the URL. Only the file of a broker that the system speaks to is there. */
export async function openRaw(url: string): Promise<RawPublisher> {
  const { protocol } = new URL(url);
  const kind = { 'amqp:': 'rabbitmq', 'kafka:': 'kafka' }[protocol] ?? 'postgres';
  const { open }: { open(url: string): Promise<RawPublisher> } = await import(`./raw-${kind}.js`);
  return open(url);
}

export function batchesOf<T>(messages: readonly Message<T>[]): Message<T>[][] {
  const count = Math.ceil(messages.length / BATCH);
  return Array.from({ length: count }, (_, i) => messages.slice(i * BATCH, (i + 1) * BATCH));
}

export function outgoing<T>({ type, data }: Message<T>): OutgoingMessage {
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
  return { envelope, channel: CHANNEL, key, body: JSON.stringify(data) };
}
