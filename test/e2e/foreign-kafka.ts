/** Programs of someone else on Kafka: no contract, no code of ours. */

import { Kafka, logLevel } from 'kafkajs';

const clientOf = (address: string) =>
  new Kafka({ brokers: [address], clientId: 'someone-else', logLevel: logLevel.NOTHING });

/** Sends bare bodies to a topic. */
export async function sendBare(
  address: string,
  { topic, bodies }: { topic: string; bodies: readonly string[] },
): Promise<void> {
  const producer = clientOf(address).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic, messages: bodies.map((value) => ({ value })) });
  await producer.disconnect();
}

export interface Heard {
  readonly key: string;
  readonly id: string;
  readonly type: string;
}

export interface Listener {
  /** All that has come, in the order of arrival. */
  readonly heard: readonly Heard[];
  stop(): Promise<void>;
}

/** Reads a topic from its beginning, in a group of its own. */
export async function listen(address: string, topic: string): Promise<Listener> {
  const heard: Heard[] = [];
  const consumer = clientOf(address).consumer({ groupId: 'someone-else', retry: { retries: 1_000 } });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, headers } }) => {
      heard.push({ key: `${key}`, id: `${headers?.id}`, type: `${headers?.type}` });
    },
  });
  return { heard, stop: () => consumer.disconnect() };
}
