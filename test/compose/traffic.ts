/** Clients of one resource who go on at a steady pace, whatever happens to its instances. */

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A read, a write that is never repeated, and one that its client repeats under the same key. */
export type Kind = 'get' | 'post' | 'keyed post';

export interface Traffic {
  /** Requests so far. */
  readonly made: number;
  readonly inFlight: number;
  /** What went wrong since the last time it was asked for. */
  takeFailures(): readonly string[];
  stop(): Promise<void>;
}

/** 50 requests a second. */
const pauseMs = 20;
const kinds: readonly Kind[] = ['get', 'get', 'post', 'keyed post'];
const attempts = 3;

/** `url` is a resource with GET /1, and POST of a name and an address. */
export function startTraffic(url: string): Traffic {
  const failures: string[] = [];
  const running = new Set<Promise<void>>();
  let isOpen = true;
  let made = 0;
  const pace = (async () => {
    while (isOpen) {
      const kind = kinds[made++ % kinds.length] ?? 'get';
      const request = send(url, kind).then((failure) => {
        if (failure) failures.push(`${kind}: ${failure}`);
      });
      running.add(request);
      void request.finally(() => running.delete(request));
      await sleep(pauseMs);
    }
  })();
  return {
    get made() {
      return made;
    },
    get inFlight() {
      return running.size;
    },
    takeFailures: () => failures.splice(0),
    stop: async () => {
      isOpen = false;
      await pace;
      await Promise.all(running);
    },
  };
}

async function send(url: string, kind: Kind): Promise<string | undefined> {
  if (kind === 'get') return failureOf(`${url}/1`, {});
  const key = randomUUID();
  const headers = {
    'content-type': 'application/json',
    ...(kind === 'keyed post' && { 'idempotency-key': key }),
  };
  const request = {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'N', email: `${key}@example.com` }),
  };
  let failure: string | undefined;
  for (let attempt = 1; attempt <= (kind === 'post' ? 1 : attempts); attempt++) {
    failure = await failureOf(url, request);
    if (!failure) return undefined;
    await sleep(100 * attempt);
  }
  return failure;
}

async function failureOf(url: string, request: RequestInit): Promise<string | undefined> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(10_000) });
    await response.text();
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return String((error as Error).cause ?? error);
  }
}
