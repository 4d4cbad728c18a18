import { openDatabase } from '@app/chassis/database';
import { openTransport } from '@app/chassis/messaging';
import { channels } from '@app/contracts/channels';
import { batchesOf, outgoing, type RawPublisher } from './raw-publisher.ts';

export async function open(url: string): Promise<RawPublisher> {
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
