import { toHeaders } from '@app/chassis/messaging';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { batchesOf, CHANNEL, outgoing, type RawPublisher } from './raw-publisher.ts';

export async function open(url: string): Promise<RawPublisher> {
  const client = new Kafka({ clientId: 'raw', brokers: [new URL(url).host], logLevel: logLevel.NOTHING });
  const { DefaultPartitioner: createPartitioner } = Partitioners;
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner });
  await producer.connect();
  return {
    publish: async (messages) => {
      for (const batch of batchesOf(messages)) {
        const records = batch.map((message) => {
          const { envelope, key, body } = outgoing(message);
          return { key, value: body, headers: toHeaders(envelope) };
        });
        await producer.sendBatch({ acks: -1, topicMessages: [{ topic: CHANNEL, messages: records }] });
      }
    },
    clear: async () => {}, // A log does not slow down with its length.
    close: () => producer.disconnect(),
  };
}
