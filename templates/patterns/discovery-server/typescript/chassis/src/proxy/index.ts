// Calls go to a proxy that stands in front of all instances of a service, under one address.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromEnvironment, type ResolverOf } from '../rpc/index.ts';

const POLL_MS = 500;
const CONNECT_MS = 1_000;

/**
 * Takes the proxy's address from `<SERVICE>_URL`. Until something has answered there, the service is not ready; later
 * the proxy is as any other dependency that may fail.
 */
export const proxied: ResolverOf = (service, schemes) => {
  const direct = fromEnvironment(service, schemes);
  let waiting: string | undefined;
  let stopping = new AbortController();

  async function untilReached(url: URL, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const failure = await tryConnect(url);
      waiting = failure && `waiting for ${url.host}, the proxy of ${service}: ${failure}`;
      if (!failure) return;
      await sleep(POLL_MS, undefined, { signal }).catch(() => {}); // Stopped.
    }
  }

  return {
    ...direct,
    async start(host) {
      await direct.start(host);
      stopping = new AbortController();
      waiting = `waiting for the proxy of ${service}`;
      void untilReached(direct.pick([]).url, stopping.signal);
    },
    // It has lost the instance that had the call; where it has no other one it answers 503.
    hasOther: (_endpoint, failure) => failure.kind === 'http' && failure.status === 502,
    health: () => (waiting === undefined ? { status: 'up' } : { status: 'down', reason: waiting }),
    async stop() {
      stopping.abort();
      await direct.stop();
    },
  };
};

/** Why nothing can be reached there; undefined when something accepts a connection. */
function tryConnect({ hostname, port, protocol }: URL): Promise<string | undefined> {
  return new Promise((resolve) => {
    const usual = protocol.endsWith('s:') ? 443 : 80;
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: Number(port || usual), timeout: CONNECT_MS });
    const end = (failure: string | undefined) => {
      socket.destroy();
      resolve(failure);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end('no answer'));
    socket.once('error', ({ message, name }) => end(message || name));
  });
}
