import { type ChannelModel, connect } from 'amqplib';
import type { Channel } from '../transport.ts';
import { deadLetterQueueOf, queueOf } from './topology.ts';

const HANDSHAKE_MS = 10_000;
const NOT_FOUND = 404;

/** Queues of these channels at the broker of that URL that someone uses, each as a clause: what its end would harm. */
export async function occupantsOf(url: string, channels: readonly Channel[]): Promise<string[]> {
  const connection = await connect(url, { timeout: HANDSHAKE_MS });
  try {
    const found: string[] = [];
    for (const queue of queuesOf(channels)) {
      const { messageCount, consumerCount } = await look(connection, queue);
      if (messageCount + consumerCount > 0)
        found.push(`queue "${queue}" has ${messageCount} messages and ${consumerCount} readers`);
    }
    return found;
  } finally {
    await connection.close();
  }
}

function queuesOf(channels: readonly Channel[]): Set<string> {
  return new Set(
    channels.flatMap((channel) =>
      channel.groups.flatMap((group) => [
        queueOf(channel, group),
        deadLetterQueueOf({ channel: channel.name, group }),
      ]),
    ),
  );
}

/** One that is not there is empty; asking for it closes the channel. */
async function look(connection: ChannelModel, queue: string) {
  const amqp = await connection.createChannel();
  let isClosed = false;
  amqp.on('error', () => {
    isClosed = true;
  });
  try {
    return await amqp.checkQueue(queue);
  } catch (error) {
    if ((error as { code?: number }).code !== NOT_FOUND) throw error;
    return { messageCount: 0, consumerCount: 0 };
  } finally {
    if (!isClosed) await amqp.close();
  }
}
