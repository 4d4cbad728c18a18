// A cable between two programs on this machine that can be cut, slowed down and pulled.
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

export interface Link {
  readonly port: number;
  /** Connections that it was asked for so far, refused ones included. */
  readonly attempts: number;
  /** Whether one of its connections goes on from that port of this machine. */
  leavesFrom(port: number): boolean;
  /** `refusing`: nobody is there. `swallowing`: what is sent arrives nowhere, and nothing comes back. */
  mode: 'passing' | 'refusing' | 'swallowing';
  /** Becomes `swallowing` with the first piece sent that holds `text`: that one arrives nowhere, all before it does. */
  swallowFrom(text: string): void;
  /** How much later everything that comes back arrives. */
  delayMs: number;
  /** Ends all connections. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * No cable at all, where nothing is to happen to the connection and what carries it is to cost nothing: whoever takes it
 * connects to `port` itself.
 */
export async function withoutLink(port: number): Promise<Link> {
  return {
    port,
    attempts: 0,
    leavesFrom: () => false,
    mode: 'passing',
    swallowFrom: () => {},
    delayMs: 0,
    cut: () => {},
    close: async () => {},
  };
}

/** Listens on a free port and passes everything on to `port`. */
export async function startLink(port: number): Promise<Link> {
  /** By the socket of who connected to the one that goes on from there. */
  const connections = new Map<Socket, Socket>();
  let mode: Link['mode'] = 'passing';
  let delayMs = 0;
  let attempts = 0;
  let bait: string | undefined;
  const server = createServer((client) => {
    attempts++;
    if (mode === 'refusing') return client.destroy();
    const target = createConnection({ port, host: '127.0.0.1' });
    connections.set(client, target);
    client.on('data', (data) => {
      if (bait !== undefined && data.includes(bait)) {
        bait = undefined;
        mode = 'swallowing';
      }
      if (mode === 'passing') target.write(data);
    });
    const pace = paced(() => delayMs);
    target.on('data', (data) => pace(() => mode === 'passing' && !client.destroyed && client.write(data)));
    const end = () => {
      connections.delete(client);
      client.destroy();
      target.destroy();
    };
    for (const socket of [client, target]) socket.setNoDelay(true).on('error', end).on('close', end);
    return undefined;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    // Not `resetAndDestroy`: what it leaves half written keeps Node.js 20 from ever ending.
    for (const client of connections.keys()) client.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get attempts() {
      return attempts;
    },
    leavesFrom: (port) => [...connections.values()].some(({ localPort }) => localPort === port),
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
    },
    swallowFrom: (text) => {
      bait = text;
    },
    get delayMs() {
      return delayMs;
    },
    set delayMs(next) {
      delayMs = next;
    },
    cut,
    close: async () => {
      cut();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Does one thing after the other, each `delay()` after it was asked for. */
function paced(delay: () => number): (work: () => void) => void {
  let lastDue = 0;
  return (work) => {
    const now = performance.now();
    lastDue = Math.max(lastDue, now + delay());
    if (lastDue <= now) work();
    else setTimeout(work, lastDue - now);
  };
}
