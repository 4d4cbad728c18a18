export { postgresTransport } from './transport.ts';
