// Tells consumers that something has come. A notification only shortens the wait for the next poll, so losing
// this connection loses nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { fullJitter } from '../../waiting/index.ts';
import type { TransportOptions } from '../transport.ts';

const BACKOFF = { firstMs: 100, longestMs: 5_000 };
const CONNECT_MS = 5_000;
const PREFIX = 'bus_';

export interface Listener {
  /** Connects, and connects anew whenever the connection is lost. */
  open(): void;
  /** Calls `wake` when a message has come on the channel, and after every connect. */
  listen(channel: string, wake: () => void): void;
  connected(): boolean;
  close(): Promise<void>;
}

/** Keeps one direct connection for LISTEN; a pooler in between would not pass notifications on. */
export function createListener({ url, service, log }: TransportOptions): Listener {
  const wakes = new Map<string, Set<() => void>>();
  const closing = new AbortController();
  let client: pg.Client | undefined;

  async function oneLife(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: `${service} listener`,
    });
    const ended = new Promise<Error | undefined>((resolve) => {
      fresh.once('end', () => resolve(undefined));
      fresh.on('error', resolve);
    });
    fresh.on('notification', ({ channel }) => wake(channel.slice(PREFIX.length)));
    try {
      await fresh.connect();
      if (closing.signal.aborted) return;
      client = fresh;
      for (const channel of wakes.keys()) await fresh.query(listenTo(channel));
      for (const channel of wakes.keys()) wake(channel);
      throw (await ended) ?? new Error('The connection was closed');
    } finally {
      client = undefined;
      await fresh.end().catch(() => {}); // Mostly it has ended already.
    }
  }

  function wake(channel: string): void {
    for (const each of wakes.get(channel) ?? []) each();
  }

  async function keepListening(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      const begin = performance.now();
      await oneLife().catch((error: Error) => {
        if (!closing.signal.aborted)
          log.warn({ error: error.message }, 'Listening was interrupted, polling goes on');
      });
      if (performance.now() - begin > BACKOFF.longestMs) failures = 0;
      await sleep(fullJitter(failures, BACKOFF), undefined, { signal: closing.signal }).catch(() => {}); // Closed.
    }
  }

  let done: Promise<void> | undefined;
  return {
    open: () => {
      done ??= keepListening();
    },
    listen: (channel, wakeUp) => {
      const all = wakes.get(channel) ?? new Set();
      wakes.set(channel, all.add(wakeUp));
      client?.query(listenTo(channel)).catch(() => {}); // The next connect does it again.
    },
    connected: () => client !== undefined,
    close: async () => {
      closing.abort();
      await client?.end().catch(() => {});
      await done;
    },
  };
}

const listenTo = (channel: string) => `LISTEN ${pg.escapeIdentifier(`${PREFIX}${channel}`)}`;
