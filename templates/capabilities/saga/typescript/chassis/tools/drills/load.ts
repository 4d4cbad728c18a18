// Requests that come at their own pace, however the system answers.
import { setTimeout as sleep } from 'node:timers/promises';
import { type EdgeClient, edge } from '@app/chassis/edge';
import { random } from '../faults/random.ts';
import { requests } from '../faults/subject.ts';
import type { TestSystem } from '../faults/system.ts';
import { scenario } from '../scenario.ts';

export const PER_SECOND = 10;
const AGAIN_MS = 500;
/** What nobody has taken by then is given up. */
const PATIENCE_MS = 120_000;

/** One request on its way, and how it was answered. */
export interface Attempt {
  /** `performance.now()` when it was sent and when it was answered. */
  readonly at: number;
  readonly answeredAt: number;
  readonly ok: boolean;
}

export interface Load {
  /** Those that are answered, in the order of the answers. */
  readonly attempts: readonly Attempt[];
  /** Ids that were given to what was accepted. */
  readonly accepted: readonly string[];
  /** Requests that nobody has taken in the end. */
  readonly givenUp: number;
  /** Requests that wait for an answer, and the most there have been. */
  readonly underWay: number;
  readonly mostUnderWay: number;
  /** When the oldest of those that wait was sent; undefined where none waits. */
  readonly waitsSince: number | undefined;
  /** No more are sent; resolves when all are answered. */
  stop(): Promise<void>;
}

/** With `again` each is sent until it is taken, under one key; else it is sent once. */
export function startLoad({ address, signal }: TestSystem, { again }: { again: boolean }): Load {
  const client = edge(address, scenario.api) as EdgeClient<typeof scenario.api>;
  const chance = random(1);
  const shares = requests.flatMap((request) => Array.from({ length: request.share }, () => request));
  const attempts: Attempt[] = [];
  const accepted: string[] = [];
  const open = new Set<Promise<void>>();
  const waiting = new Set<{ at: number }>();
  let mostUnderWay = 0;
  let givenUp = 0;

  async function attempt(body: object, idempotencyKey: string): Promise<string | undefined> {
    const at = performance.now();
    const request = { at };
    const note = (ok: boolean) => attempts.push({ at, answeredAt: performance.now(), ok });
    waiting.add(request);
    mostUnderWay = Math.max(mostUnderWay, waiting.size);
    try {
      const { id } = await client[scenario.start](body, { idempotencyKey, signal });
      note(true);
      return id;
    } catch {
      // That it failed is what is counted here.
      note(false);
      return undefined;
    } finally {
      waiting.delete(request);
    }
  }

  async function place(): Promise<void> {
    const { body } = chance.pick(shares);
    const key = crypto.randomUUID();
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const id = await attempt(body, key);
      if (id !== undefined) return void accepted.push(id);
      if (!again || signal.aborted || performance.now() > giveUpAt) break;
      await sleep(AGAIN_MS * (0.5 + Math.random()));
    }
    givenUp++;
  }

  const timer = setInterval(() => {
    const one = place();
    open.add(one);
    void one.finally(() => open.delete(one));
  }, 1_000 / PER_SECOND);
  const halt = () => clearInterval(timer);
  signal.addEventListener('abort', halt, { once: true });
  return {
    attempts,
    accepted,
    get givenUp() {
      return givenUp;
    },
    get underWay() {
      return waiting.size;
    },
    get mostUnderWay() {
      return mostUnderWay;
    },
    get waitsSince() {
      const [oldest] = waiting;
      return oldest?.at;
    },
    stop: async () => {
      halt();
      await Promise.all(open);
    },
  };
}
