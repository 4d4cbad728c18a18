// The one HTTP server of a service. Health and metrics are the host's own, also for a service without an API;
// everything else goes to the part that listens.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { overloadOf, type Page, type State } from './health.ts';
import { sendProblem } from './problem.ts';

// Longer than proxies and clients keep idle connections (60 s), so that it is not us who closes one in use.
const KEEP_ALIVE_MS = 65_000;
const REQUEST_MS = 30_000;

export interface Server {
  readonly port: number;
  /** Accepts nothing new and resolves when all requests are answered; after `limitMs` it cuts them off. */
  close(limitMs: number): Promise<void>;
}

/**
 * Listens on `port` (0: any) of `address` (undefined: all of this machine), at once; before the service is ready its
 * API answers 503.
 */
export async function listen(options: {
  port: number;
  address: string | undefined;
  state: State;
  pages: ReadonlyMap<string, () => Promise<Page>>;
}): Promise<Server> {
  const { port, address, state, pages } = options;
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS },
    (request, response) => {
      if (state.phase === 'draining') response.setHeader('Connection', 'close');
      const page = pages.get(request.url ?? '');
      if (page) void sendPage(response, page);
      else serve(state, request, response);
    },
  );
  server.listen(port, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close(limitMs) {
      const closed = new Promise((resolve) => server.close(resolve));
      // A request that began before the draining leaves its connection open: nothing else closes it.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const limit = setTimeout(() => server.closeAllConnections(), limitMs);
      await closed;
      clearInterval(idle);
      clearTimeout(limit);
    },
  };
}

function serve(state: State, request: IncomingMessage, response: ServerResponse): void {
  const { phase, running } = state;
  const refusal = phase === 'starting' ? { retryAfter: 1 } : isWrite(request) && overloadOf(state);
  if (refusal) {
    sendProblem(response, { status: 503, error: 'Service unavailable', ...refusal });
    return;
  }
  for (const part of running.values()) {
    if (part.listener) {
      part.listener(request, response);
      return;
    }
  }
  sendProblem(response, { status: 404, error: 'No such resource' });
}

const isWrite = ({ method }: IncomingMessage) => method !== 'GET' && method !== 'HEAD';

async function sendPage(response: ServerResponse, page: () => Promise<Page>): Promise<void> {
  try {
    const { status, contentType, body } = await page();
    response.writeHead(status, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(body);
  } catch {
    sendProblem(response, { status: 500, error: 'Internal server error' });
  }
}
