export { kafkaTransport } from './transport.ts';
