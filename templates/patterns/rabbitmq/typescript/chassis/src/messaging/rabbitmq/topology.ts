// The names on the broker and their declaration. The code declares nothing but the queue type: delivery
// limit and dead-letter exchange come from the broker's policies (infra/rabbitmq/definitions.json), since with
// any further argument a declaration by someone else fails with 406.
import type { Channel as AmqpChannel } from 'amqplib';
import type { Channel } from '../transport.ts';

const QUORUM = { durable: true, arguments: { 'x-queue-type': 'quorum' } };

/** Queue of one group: the channel's own name for commands and replies, `<channel>.<group>` for events. */
export function queueOf(channel: Channel, group: string): string {
  return channel.kind === 'events' ? `${channel.name}.${group}` : channel.name;
}

/** Queue of the dead letters of one group. */
export function deadLetterQueueOf({ channel, group }: { channel: string; group: string }): string {
  return `${channel}.${group}.dlq`;
}

/** Declares a channel with all its queues; repeatable. Foreign readers of events bind queues of their own, by type. */
export async function declare(amqp: AmqpChannel, channel: Channel): Promise<void> {
  if (channel.kind === 'events') await amqp.assertExchange(channel.name, 'topic', { durable: true });
  else await amqp.assertQueue(channel.name, QUORUM);
  for (const group of channel.groups) {
    await amqp.assertQueue(deadLetterQueueOf({ channel: channel.name, group }), QUORUM);
    if (channel.kind !== 'events') continue;
    await amqp.assertQueue(queueOf(channel, group), QUORUM);
    await amqp.bindQueue(queueOf(channel, group), channel.name, '#');
  }
}
