export { rabbitmqTransport } from './transport.ts';
