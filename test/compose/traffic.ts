/** Requests at a steady pace, whatever happens to the instances that answer them. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What changes nothing; what is never repeated; and what its client repeats under the same key. */
export type Kind = 'read' | 'write' | 'keyed write';

export interface Request {
  readonly kind: Kind;
  /** Another one for each request, the same when it is repeated. */
  readonly key: string;
}

export interface Client {
  readonly perSecond: number;
  /** The kinds of its requests, in turn. */
  readonly kinds: readonly Kind[];
  /** Those that it repeats when they fail. */
  readonly repeated: readonly Kind[];
  /** Sends a request once. @returns what went wrong */
  send(request: Request): Promise<string | undefined>;
  close(): void;
}

export interface Failure extends Request {
  readonly reason: string;
  /** Instant of the monotonic clock at which it was sent for the first time. */
  readonly sentAt: number;
}

export interface Traffic {
  readonly perSecond: number;
  /** Requests so far. */
  readonly made: number;
  readonly inFlight: number;
  /** How often one was sent again. */
  readonly repeats: number;
  /** Keys of the writes that were answered. */
  readonly written: readonly string[];
  /** What went wrong since the last time it was asked for. */
  takeFailures(): readonly Failure[];
  stop(): Promise<void>;
}

const attempts = 3;

export function startTraffic(client: Client): Traffic {
  const failures: Failure[] = [];
  const written: string[] = [];
  const running = new Set<Promise<void>>();
  let isOpen = true;
  let made = 0;
  let repeats = 0;

  async function carryOut(request: Request): Promise<void> {
    const sentAt = performance.now();
    const limit = client.repeated.includes(request.kind) ? attempts : 1;
    let reason = await client.send(request);
    for (let attempt = 1; reason && attempt < limit; attempt++) {
      await sleep(100 * attempt);
      repeats += 1;
      reason = await client.send(request);
    }
    if (reason) failures.push({ ...request, reason, sentAt });
    else if (request.kind !== 'read') written.push(request.key);
  }

  const pace = (async () => {
    while (isOpen) {
      const kind = client.kinds[made++ % client.kinds.length] ?? 'read';
      const request = carryOut({ kind, key: randomUUID() });
      running.add(request);
      void request.finally(() => running.delete(request));
      await sleep(1_000 / client.perSecond);
    }
  })();
  return {
    perSecond: client.perSecond,
    get made() {
      return made;
    },
    get inFlight() {
      return running.size;
    },
    get repeats() {
      return repeats;
    },
    written,
    takeFailures: () => failures.splice(0),
    stop: async () => {
      isOpen = false;
      await pace;
      await Promise.all(running);
      client.close();
    },
  };
}
