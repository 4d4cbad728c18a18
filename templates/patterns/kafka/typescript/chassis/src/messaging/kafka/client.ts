// A client of the broker that can be cut off for good. What a library is still trying when we have given it up
// must not reach the broker any more: it would arrive behind what was sent after it.
import { connect, isIP, Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { type ISocketFactory, Kafka, logLevel } from 'kafkajs';
import type { Address } from './address.ts';
import { registerCodecs } from './codecs.ts';

const CONNECT_MS = 3_000;
const KEEP_ALIVE_MS = 30_000;

export interface Client {
  readonly kafka: Kafka;
  /** Breaks all its connections and lets it make no new ones. */
  cut(): void;
}

interface ClientOptions {
  readonly address: Address;
  /** Shown by the broker, in its metrics and logs. */
  readonly name: string;
  /** How often one request is tried. */
  readonly retries: number;
  readonly requestMs: number;
}

registerCodecs();

export function openClient({ address, name, retries, requestMs }: ClientOptions): Client {
  const sockets = new Set<Socket>();
  let isCut = false;
  const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (isCut) return new Socket().destroy(new Error(`${name} is closed`));
    const server = isIP(host) ? { host, port } : { host, port, servername: host };
    const socket = ssl ? connectSecurely({ ...server, ...ssl }, onConnect) : connect(server, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS).setNoDelay(true);
    sockets.add(socket);
    socket.on('error', () => {}); // The client may have let go of it.
    return socket.once('close', () => sockets.delete(socket));
  };
  const kafka = new Kafka({
    ...address,
    // Without an address it gives up: otherwise what waits for a retry would go on trying for ever.
    brokers: () => (isCut ? [] : address.brokers),
    clientId: name,
    connectionTimeout: CONNECT_MS,
    requestTimeout: requestMs,
    retry: { initialRetryTime: 200, maxRetryTime: 1_000, retries },
    logLevel: logLevel.NOTHING, // Every retry would be a line. What comes of it is logged by who asked.
    socketFactory,
  });
  return {
    kafka,
    cut: () => {
      isCut = true;
      // With an error: of a mere close the client takes no notice, and looks after the connection for ever.
      for (const socket of sockets) socket.destroy(new Error(`${name} is closed`));
    },
  };
}

/** The broker's own name of an error, such as MESSAGE_TOO_LARGE, wherever the client has wrapped it. */
export function typeOf(error: unknown): string | undefined {
  for (let at = error as { type?: string; cause?: unknown } | undefined; at; ) {
    if (typeof at.type === 'string') return at.type;
    at = at.cause as typeof at;
  }
  return undefined;
}
