// RabbitMQ behind the transport port. One connection publishes and another consumes: a broker short of memory
// or disk stops reading from those that publish, and acknowledgements must get through all the same.
import type { Channel, Transport, TransportFactory } from '../transport.ts';
import { openConnection } from './connection.ts';
import { startConsumer } from './consumer.ts';
import { deadLetters } from './dead-letters.ts';
import { toChannel } from './parcel.ts';
import { policyCheck } from './policies.ts';
import { createPublisher } from './publisher.ts';
import type { Supervised } from './supervised.ts';
import { declare } from './topology.ts';

/** Transport for `amqp:` and `amqps:` URLs; see policies.ts for `?management=` in the URL. */
export const rabbitmqTransport: TransportFactory = (options) => {
  const { url, log } = options;
  const channels = new Map<string, Channel>();
  const known = (name: string) => {
    const channel = channels.get(name);
    if (!channel) throw new Error(`Channel "${name}" was not given to start()`);
    return channel;
  };
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const publishing = openConnection({ ...options, purpose: 'publish', begun });
  const consuming = openConnection({ ...options, purpose: 'consume', begun });
  const policies = policyCheck(new URL(url), log);
  const publisher = createPublisher({
    connection: publishing,
    log,
    setup: async (amqp) => {
      for (const channel of channels.values()) await declare(amqp, channel);
      await policies.run([...channels.values()]);
    },
  });
  const links: Supervised<unknown>[] = [publishing, consuming, publisher.link];
  const ready = publisher.link.opened().then(() => {});
  ready.catch(() => {}); // Closed before it was ready.

  const consume: Transport['consume'] = ({ channel, ...rest }) => {
    const consumer = startConsumer({ ...rest, channel: known(channel), connection: consuming, ready, log });
    links.push(consumer.link);
    const stop = async () => {
      links.splice(links.indexOf(consumer.link), 1);
      await consumer.stop();
    };
    return { stop };
  };

  return {
    keepsAttempts: false,
    start: (all) => {
      for (const channel of all) channels.set(channel.name, channel);
      begin();
    },
    ready: () => ready,
    status: () => {
      if (policies.failed())
        return { connected: false, misconfigured: true, reason: publisher.link.failure() };
      const broken = links.find((link) => link.current() === undefined);
      return broken ? { connected: false, reason: broken.failure() } : { connected: true };
    },
    publish: (messages) =>
      Promise.all(messages.map((each) => publisher.send(toChannel(channels.get(each.channel), each)))),
    consume,
    ...deadLetters({ publisher, connection: consuming, known }),
    close: async () => {
      await Promise.all(links.map((link) => link.close()));
    },
  };
};
