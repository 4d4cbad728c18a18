/** Programs of someone else on RabbitMQ: another client library, no contract, no code of ours. */

import { Connection } from 'rabbitmq-client';
import type { Heard, Listener } from './foreign-kafka.ts';

/** Declares the queue as plainly as one can, and sends the bodies as they are, confirmed. */
export async function send(
  brokerUrl: string,
  { queue, bodies }: { queue: string; bodies: readonly string[] },
): Promise<void> {
  const connection = connectionTo(brokerUrl);
  try {
    await connection.queueDeclare({ queue });
    const publisher = connection.createPublisher({ confirm: true });
    for (const body of bodies) await publisher.send(queue, Buffer.from(body));
    await publisher.close();
  } finally {
    await connection.close();
  }
}

/** Reads a queue that is there already. */
export async function hear(brokerUrl: string, queue: string): Promise<Listener> {
  const connection = connectionTo(brokerUrl);
  const heard: Heard[] = [];
  const consumer = connection.createConsumer({ queue }, async ({ messageId, type, headers }) => {
    heard.push({ key: `${headers?.['aggregate-id']}`, id: `${messageId}`, type: `${type}` });
  });
  return {
    heard,
    stop: async () => {
      await consumer.close();
      await connection.close();
    },
  };
}

function connectionTo(brokerUrl: string): Connection {
  const { protocol, username, password, hostname, port } = new URL(brokerUrl);
  return new Connection(`${protocol}//${username}:${password}@${hostname}:${port}`);
}
