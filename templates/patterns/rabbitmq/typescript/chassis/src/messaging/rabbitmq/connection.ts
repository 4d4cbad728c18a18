import { type ChannelModel, connect } from 'amqplib';
import type { TransportOptions } from '../transport.ts';
import { type Supervised, supervise } from './supervised.ts';

/** The broker gives up a connection that was silent for between two and three of these, and hands its messages to others. */
const HEARTBEAT_S = 7;
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
