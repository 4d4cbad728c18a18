import { postgresTransport } from './postgres/index.ts';
import { rabbitmqTransport } from './rabbitmq/index.ts';
import type { TransportFactory } from './transport.ts';

/** Which broker a URL speaks of. */
export const transports: Readonly<Record<string, TransportFactory>> = {
  'postgres:': postgresTransport,
  'amqp:': rabbitmqTransport,
  'amqps:': rabbitmqTransport,
};
