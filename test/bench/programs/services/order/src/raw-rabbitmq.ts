import { toHeaders } from '@app/chassis/messaging';
import { connect } from 'amqplib';
import { batchesOf, CHANNEL, outgoing, type RawPublisher } from './raw-publisher.ts';

export async function open(url: string): Promise<RawPublisher> {
  const connection = await connect(url);
  const amqp = await connection.createConfirmChannel();
  return {
    publish: async (messages) => {
      for (const batch of batchesOf(messages)) {
        for (const message of batch) {
          const { envelope, body } = outgoing(message);
          const options = { persistent: true, mandatory: true, headers: toHeaders(envelope) };
          amqp.publish('', CHANNEL, Buffer.from(body), options);
        }
        await amqp.waitForConfirms();
      }
    },
    clear: async () => {
      await amqp.purgeQueue(CHANNEL);
    },
    close: () => connection.close(),
  };
}
