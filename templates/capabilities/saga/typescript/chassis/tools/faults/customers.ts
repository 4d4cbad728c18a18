// Customers as careful programs are: each request has a key, and is sent again under it until it is answered.
import { setTimeout as sleep } from 'node:timers/promises';
import { type EdgeClient, edge } from '@app/chassis/edge';
import { ServiceError } from '@app/chassis/errors';
import { fullJitter } from '@app/chassis/waiting';
import { scenario } from '../scenario.ts';
import type { Request } from './subject.ts';

const PATIENCE_MS = 120_000;
/** Between two attempts: the longer, the more often it was not taken. */
const PAUSE = { firstMs: 250, longestMs: 4_000 };

/** One request of one customer, and what became of it. */
export interface Case {
  readonly key: string;
  readonly request: Request;
  /**
   * What must come of it: `either` may also be given up in time, where faults kept it from being done. A request that
   * is to be refused is never confirmed, whatever happens.
   */
  readonly expected: 'confirmed' | 'rejected' | 'either';
  /** Reason of the rejection, where it is known in advance. */
  readonly reason?: string;
  /** Given by the answer. */
  id?: string;
  askedAt: number;
  /** What came of every attempt that was not taken. */
  readonly failures: string[];
  /** Why it was given up; or what was wrong with an answer. */
  problem?: string;
}

export interface Customers {
  readonly cases: readonly Case[];
  /** One that came on another way, under this id. */
  expect(one: Pick<Case, 'request' | 'expected'> & { readonly id: string }): void;
  /** Sends it until it is answered; with `twice` two at once under one key. */
  place(one: Pick<Case, 'request' | 'expected' | 'reason'>, options?: { twice?: boolean }): Promise<Case>;
}

export function customersOf(address: string, signal: AbortSignal): Customers {
  const client = edge(address, scenario.api) as EdgeClient<typeof scenario.api>;
  const cases: Case[] = [];

  async function send(one: Case): Promise<string | undefined> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (let failures = 0; ; failures++) {
      signal.throwIfAborted();
      try {
        const { id } = await client[scenario.start](one.request.body, {
          idempotencyKey: one.key,
          signal,
        });
        return id;
      } catch (error) {
        one.failures.push((error as Error).message);
        if (!isWorthAnother(error) || performance.now() > giveUpAt) {
          one.problem = `was not taken: ${(error as Error).message}`;
          return undefined;
        }
      }
      await sleep(fullJitter(failures, PAUSE), undefined, { signal });
    }
  }

  const place: Customers['place'] = async (placed, { twice = false } = {}) => {
    const one: Case = { ...placed, key: `key-${cases.length}`, askedAt: performance.now(), failures: [] };
    cases.push(one);
    const ids = await Promise.all(twice ? [send(one), send(one)] : [send(one)]);
    const [id] = ids;
    if (id !== undefined) one.id = id;
    if (ids.some((other) => other !== id)) one.problem ??= `is two under one key: ${ids.join(' and ')}`;
    return one;
  };

  return {
    cases,
    expect: (one) => {
      cases.push({ ...one, key: one.id, askedAt: performance.now(), failures: [] });
    },
    place: (...request) => {
      const placing = place(...request);
      // Whoever would wait for it may have failed before: that is to be told, not that this was aborted then.
      placing.catch(() => {});
      return placing;
    },
  };
}

/** Whether the same request may be taken later. */
function isWorthAnother(error: unknown): boolean {
  return !(
    error instanceof ServiceError && ['InvalidArgument', 'Unprocessable', 'NotFound'].includes(error.code)
  );
}
