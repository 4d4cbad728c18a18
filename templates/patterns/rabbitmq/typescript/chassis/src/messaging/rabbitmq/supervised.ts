// A connection and a channel break in the same ways: refused, lost, closed by the broker, silent. Both are
// kept open by this one loop. amqplib's own recovery covers the connection only, so it is not used.
import type { EventEmitter } from 'node:events';
import { keepAlive } from '../loop.ts';
import { answered, type TransportOptions } from '../transport.ts';

const BACKOFF = { firstMs: 250, longestMs: 5_000 };
/** A broker that is up answers in milliseconds; a queue without a leader may never answer. */
const SETUP_MS = 30_000;
/** A broker that is frozen does not answer the closing handshake either. */
const CLOSE_MS = 2_000;

interface Breakable extends EventEmitter {
  close(): Promise<void>;
}

export interface Supervised<T> {
  /** What is open now; undefined while it is opened anew. */
  current(): T | undefined;
  /** Why it is not open, or was not the last time. */
  failure(): string;
  /** Waits until it is open; rejects when it is closed for good. */
  opened(): Promise<T>;
  /** Gives up what is open, for a fault that only its user can see, and opens it anew. */
  renew(reason: string): void;
  /** Closes it for good, in at most 2 s. */
  close(): Promise<void>;
}

interface SupervisedOptions<T> {
  readonly name: string;
  readonly log: TransportOptions['log'];
  readonly create: () => Promise<T>;
  /** Runs on each new one before it counts as open; an error closes it and begins again. */
  readonly setup?: (item: T) => Promise<void>;
}

/** Keeps a connection or a channel open: opens it, waits for its end, opens it anew with full jitter. */
export function supervise<T extends Breakable>(options: SupervisedOptions<T>): Supervised<T> {
  const { name, log, create, setup } = options;
  const closing = new AbortController();
  const closed = () => new Error(`${name} is closed`);
  let current: T | undefined;
  let failure = `${name} is not open yet`;
  let giveUp: (error: Error) => void = () => {};
  const waiting: { resolve(item: T): void; reject(error: Error): void }[] = [];

  async function oneLife(): Promise<never> {
    const item = await create();
    const lost = new Promise<never>((_, reject) => {
      giveUp = reject;
      item.on('error', reject);
      item.once('close', (error?: Error) => reject(error ?? new Error(`${name} was closed`)));
    });
    try {
      await Promise.race([lost, answered(SETUP_MS, Promise.resolve(setup?.(item)))]);
      if (closing.signal.aborted) throw closed();
      current = item;
      for (const { resolve } of waiting.splice(0)) resolve(item);
      log.info({ link: name }, 'Broker link is open');
      return await lost;
    } finally {
      current = undefined;
      const end = item.close().catch(() => {}); // Mostly it is closed already.
      if (closing.signal.aborted) await end;
    }
  }

  const done = keepAlive({
    life: oneLife,
    onEnd: ({ message }) => {
      failure = message;
      log.warn({ link: name, error: failure }, 'Broker link lost; it is opened again');
    },
    backoff: BACKOFF,
    signal: closing.signal,
  });
  return {
    current: () => current,
    failure: () => failure,
    opened: async () => {
      if (current) return current;
      if (closing.signal.aborted) throw closed();
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
      });
    },
    renew: (reason) => giveUp(new Error(reason)),
    close: async () => {
      const open = current !== undefined;
      closing.abort();
      giveUp(closed());
      for (const { reject } of waiting.splice(0)) reject(closed());
      if (open) await answered(CLOSE_MS, done).catch(() => {}); // What is only being opened closes itself, later.
    },
  };
}
