import { type ChannelModel, connect } from 'amqplib';
import type { TransportOptions } from '../transport.ts';
import { type Supervised, supervise } from './supervised.ts';

/** A connection that is silent for two of these is lost. */
const HEARTBEAT_S = 10;
const HANDSHAKE_MS = 10_000;

type ConnectionOptions = TransportOptions & {
  /** Shown by the broker beside the service's name. */
  readonly purpose: string;
  /** Nothing is connected before it resolves. */
  readonly begun: Promise<void>;
};

/** Keeps a connection to the broker open. */
export function openConnection({
  url,
  service,
  purpose,
  log,
  begun,
}: ConnectionOptions): Supervised<ChannelModel> {
  const address = new URL(url);
  address.searchParams.set('heartbeat', String(HEARTBEAT_S));
  const name = `${service} ${purpose}`;
  const options = { timeout: HANDSHAKE_MS, noDelay: true, clientProperties: { connection_name: name } };
  return supervise({
    name,
    log,
    create: async () => {
      await begun;
      return connect(address.href, options);
    },
    setup: async (connection) => {
      connection.on('blocked', (reason) =>
        log.warn({ link: name, reason }, 'The broker takes no messages now'),
      );
    },
  });
}
