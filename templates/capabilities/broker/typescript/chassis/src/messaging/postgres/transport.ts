// The embedded broker: durable queues in a PostgreSQL database of their own, for systems that run without
// another broker. It keeps count of attempts itself.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { migrate, openDatabase } from '../../database/index.ts';
import { fullJitter } from '../../waiting/index.ts';
import { type Loop, startLoop } from '../loop.ts';
import type { Channel, PublishOutcome, TransportFactory } from '../transport.ts';
import { type Lane, startConsumer } from './consumer.ts';
import { deadLetters } from './dead-letters.ts';
import { createListener } from './listener.ts';
import { publish } from './publisher.ts';
import { purge } from './retention.ts';

const MIGRATIONS = fileURLToPath(new URL('../../../migrations/bus', import.meta.url));
const CONNECTIONS = 5;
const PURGE_MS = 10_000;
const BACKOFF = { firstMs: 200, longestMs: 5_000 };

/** Transport for `postgres:` URLs. */
export const postgresTransport: TransportFactory = (options) => {
  const { url, log } = options;
  const db = openDatabase({ url, max: CONNECTIONS });
  const listener = createListener(options);
  const closing = new AbortController();
  const lane: Lane = { busy: false };
  const channels = new Set<string>();
  let reason: string | undefined = 'not started';
  let purging: Loop | undefined;
  let begun = () => {};
  const ready = new Promise<void>((resolve) => {
    begun = resolve;
  });

  async function declare(all: readonly Channel[]): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      try {
        await migrate({ url, folders: [MIGRATIONS] });
        const subscriptions = all.flatMap(({ name, groups }) => groups.map((group) => ({ name, group })));
        await db.query(
          'INSERT INTO subscription SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING',
          [subscriptions.map(({ name }) => name), subscriptions.map(({ group }) => group)],
        );
        reason = undefined;
        return begun();
      } catch (error) {
        reason = (error as Error).message;
        log.warn({ error: reason }, 'The message database cannot be prepared, trying again');
        await sleep(fullJitter(failures, BACKOFF), undefined, { signal: closing.signal }).catch(() => {}); // Closed.
      }
    }
  }

  return {
    keepsAttempts: true,
    start: (all) => {
      for (const { name } of all) channels.add(name);
      listener.open();
      void declare(all);
      const pass = async () => reason === undefined && (await purge(db));
      purging = startLoop({ name: 'purge of messages', pollMs: PURGE_MS, log, pass });
    },
    ready: () => ready,
    status: () => {
      if (reason !== undefined) return { connected: false, reason };
      return listener.connected() ? { connected: true } : { connected: false, reason: 'connection lost' };
    },
    publish: async (messages) => {
      // Without the subscriptions it would be stored for nobody.
      const error = new Error(`The message database is not prepared: ${reason}`);
      if (reason !== undefined) return messages.map(() => ({ status: 'unknown', error }));
      const known = messages.filter(({ channel }) => channels.has(channel));
      const outcomes = known.length > 0 ? await publish(db, known) : [];
      let next = 0;
      return messages.map(({ channel }) =>
        channels.has(channel) ? (outcomes[next++] as PublishOutcome) : unroutable(channel),
      );
    },
    consume: (queue) => {
      const consumer = startConsumer({ ...queue, db, lane, log, ready: () => reason === undefined });
      listener.listen(queue.channel, consumer.wake);
      void ready.then(consumer.wake);
      return consumer;
    },
    ...deadLetters(db),
    close: async () => {
      closing.abort();
      await purging?.stop();
      await listener.close();
      await db.close();
    },
  };
};

const unroutable = (channel: string): PublishOutcome => ({
  status: 'refused',
  error: new Error(`Channel "${channel}" is not declared`),
});
