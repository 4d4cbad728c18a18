/** A program of someone else that sends messages: another client library, no contract, no headers. */

import { Connection } from 'rabbitmq-client';

/** Declares the queue as plainly as one can, and sends the bodies as they are, confirmed. */
export async function send(
  brokerUrl: string,
  { queue, bodies }: { queue: string; bodies: readonly string[] },
): Promise<void> {
  const { protocol, username, password, hostname, port } = new URL(brokerUrl);
  const connection = new Connection(`${protocol}//${username}:${password}@${hostname}:${port}`);
  try {
    await connection.queueDeclare({ queue });
    const publisher = connection.createPublisher({ confirm: true });
    for (const body of bodies) await publisher.send(queue, Buffer.from(body));
    await publisher.close();
  } finally {
    await connection.close();
  }
}
