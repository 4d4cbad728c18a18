// Consuming from one queue, on a channel of its own.
import type { Channel as AmqpChannel, ChannelModel, ConsumeMessage } from 'amqplib';
import { fullJitter, pause } from '../../waiting/index.ts';
import {
  answered,
  type Channel,
  type Consumer,
  type IncomingMessage,
  type Transport,
  type TransportOptions,
  type Verdict,
} from '../transport.ts';
import { headersOf } from './headers.ts';
import { type Supervised, supervise } from './supervised.ts';
import { declare, queueOf } from './topology.ts';

const CANCEL_MS = 2_000;
const HOLD = { firstMs: 1_000, longestMs: 10_000 };

type ConsumerOptions = Omit<Parameters<Transport['consume']>[0], 'channel'> & {
  readonly channel: Channel;
  readonly connection: Supervised<ChannelModel>;
  /** Resolves once the whole topology stands. */
  readonly ready: Promise<void>;
  readonly log: TransportOptions['log'];
};

/** Hands the messages of one queue to `handle`; consumes anew after a lost connection, channel or queue. */
export function startConsumer(
  options: ConsumerOptions,
): Consumer & { readonly link: Supervised<AmqpChannel> } {
  const { channel, group, prefetch, connection, ready, log } = options;
  const queue = queueOf(channel, group);
  const stopping = new AbortController();
  const inHand = new Set<Promise<void>>();
  const gone = new WeakSet<AmqpChannel>();
  let tag = '';

  const link = supervise<AmqpChannel>({
    name: `consumer of ${queue}`,
    log,
    create: async () => {
      await ready;
      return (await connection.opened()).createChannel();
    },
    setup: async (amqp) => {
      amqp.once('close', () => gone.add(amqp));
      await declare(amqp, channel); // The queue may have been deleted: that is what ended the last channel.
      await amqp.prefetch(prefetch);
      const take = (message: ConsumeMessage | null) => {
        if (!message) return link.renew(`The broker cancelled the consumer of ${queue}`);
        if (stopping.signal.aborted) return;
        const work = settle(amqp, message).finally(() => inHand.delete(work));
        inHand.add(work);
      };
      tag = (await amqp.consume(queue, take)).consumerTag;
    },
  });

  async function settle(amqp: AmqpChannel, message: ConsumeMessage): Promise<void> {
    const done = await handleUntilDone(amqp, incoming(message, channel.name, group));
    try {
      if (done) amqp.ack(message);
      else amqp.reject(message, true);
    } catch (error) {
      // The channel is gone. The broker hands the message out again, and the inbox knows it.
      log.warn({ queue, error: (error as Error).message }, 'A message could not be acknowledged');
    }
  }

  /**
   * While the service cannot work, its messages are held, unacknowledged: the prefetch then stops the flow.
   * Handing them back would count against the broker's delivery limit, and an outage would end in dead letters.
   * The broker itself takes them back after its `consumer_timeout` (30 min), for another replica.
   */
  async function handleUntilDone(amqp: AmqpChannel, message: IncomingMessage): Promise<boolean> {
    for (let attempt = 0; !gone.has(amqp) && !stopping.signal.aborted; attempt++) {
      const verdict = await options.handle(message).catch(crashed);
      if (verdict.action === 'done') return true;
      log.warn({ queue, reason: verdict.reason }, 'A message is held: the service cannot work now');
      await pause(fullJitter(attempt, HOLD), stopping.signal);
    }
    return false;
  }

  return {
    link,
    stop: async () => {
      stopping.abort();
      await answered(CANCEL_MS, Promise.resolve(link.current()?.cancel(tag))).catch(() => {});
      await Promise.all(inHand);
      await link.close();
    },
  };
}

function incoming(message: ConsumeMessage, channel: string, group: string): IncomingMessage {
  const { content: body, fields } = message;
  return { channel, group, headers: headersOf(message.properties), body, redelivered: fields.redelivered };
}

/** `handle` answers and does not throw: an error is a fault of this process, and the message is not to blame. */
function crashed(error: Error): Verdict {
  return { action: 'pause', reason: error.message };
}
