// Kafka behind the transport port. A channel is a topic, its key the aggregate's id, so that the messages of one
// aggregate stay in order. The broker keeps no count of attempts: retries wait in the service's own database.
import { toHeaders } from '../envelope.ts';
import type { OutgoingMessage, PublishOutcome, TransportFactory } from '../transport.ts';
import { parseAddress } from './address.ts';
import { deadLetters } from './dead-letters.ts';
import { createGroupConsumer, type GroupConsumer } from './group-consumer.ts';
import { createPublisher, type OutgoingRecord } from './publisher.ts';
import { startWatch, type Watch } from './watch.ts';

/** Transport for `kafka:` and `kafka+ssl:` URLs. */
export const kafkaTransport: TransportFactory = ({ url, service, log, metrics }) => {
  const address = parseAddress(url);
  const publisher = createPublisher({ address, name: service });
  const groups = new Map<string, GroupConsumer>();
  const known = new Set<string>();
  let watch: Watch | undefined;
  let onReady = () => {};
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });

  function groupConsumer(group: string): GroupConsumer {
    const current = groups.get(group);
    if (current && !current.isClosed()) return current;
    const consumer = createGroupConsumer({ address, group, name: service, ready, log });
    groups.set(group, consumer);
    return consumer;
  }

  const open = () => [...groups.values()].filter((each) => !each.isClosed());

  return {
    keepsAttempts: false,
    start: (channels) => {
      for (const { name } of channels) known.add(name);
      const reading = () => open().map(({ group, channels: names }) => ({ group, channels: names() }));
      watch = startWatch({ address, name: service, channels, reading, onReady, metrics, log });
    },
    ready: () => ready,
    status: () => {
      const status = watch?.status() ?? { connected: false, reason: 'not started' };
      if (!status.connected) return status;
      const failures = [publisher.failure(), ...open().map((each) => each.failure())];
      const reason = failures.find((failure) => failure !== undefined);
      return reason === undefined ? status : { connected: false, reason };
    },
    publish: async (messages) => {
      const sendable = messages.filter(({ channel }) => known.has(channel));
      const outcomes = await publisher.send(sendable.map(toRecord));
      let next = 0;
      return messages.map(({ channel }) =>
        known.has(channel) ? (outcomes[next++] as PublishOutcome) : unroutable(channel),
      );
    },
    consume: ({ group, ...options }) => groupConsumer(group).add(options),
    ...deadLetters({ publisher, address, name: service }),
    close: async () => {
      await Promise.all([...groups.values()].map((each) => each.close()));
      await Promise.all([publisher.close(), watch?.stop()]);
    },
  };
};

function toRecord({ channel, key, envelope, body }: OutgoingMessage): OutgoingRecord {
  return { topic: channel, key, value: Buffer.from(body), headers: toHeaders(envelope) };
}

const unroutable = (channel: string): PublishOutcome => ({
  status: 'refused',
  error: new Error(`Channel "${channel}" is not declared`),
});
