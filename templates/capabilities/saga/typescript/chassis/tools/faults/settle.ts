// When everything must have ended, and waiting for it.

import { system as description } from '../system.ts';
import { subject } from './subject.ts';
import type { TestSystem } from './system.ts';
import { wait } from './wait.ts';

/** What a service or a server takes to be back. */
const RECOVERY_MS = 30_000;
/** Longest pause between two attempts at a message or a call outside. */
export const RETRY_MS = 60_000;

/**
 * After this everything has settled: recovery, the saga's deadline, and the longest pause between two attempts. Pauses
 * double: one is no longer than the trouble before it, twice over.
 */
export function settlingMs(troubleMs: number): number {
  const { deadlineMs, retry } = subject.saga;
  return RECOVERY_MS + deadlineMs + Math.max(RETRY_MS, Math.min(retry.maxMs, 2 * troubleMs));
}

/** What has not come to its end; empty when all has. */
async function openWork({ db }: Pick<TestSystem, 'db'>): Promise<string[]> {
  const open: string[] = [];
  const count = async (service: string, table: string, where: string) => {
    const { rows } = await db(service).query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE ${where}`,
    );
    const found = rows[0]?.count ?? 0;
    if (found > 0) open.push(`${service}: ${found} in ${table}`);
  };
  await count(subject.initiator, 'saga', 'ended_at IS NULL');
  for (const { name } of description.services) {
    await count(name, 'outbox', 'published_at IS NULL AND failed_at IS NULL');
    await count(name, 'retry', 'true');
    await count(name, 'external_call', `state = 'PENDING'`);
  }
  return open;
}

/** Waits for it. @returns what is left after the limit */
export async function settle(
  system: TestSystem,
  { limitMs, unknownEnds }: { limitMs: number; unknownEnds(): number },
): Promise<string[]> {
  let open: string[] = [];
  try {
    await wait(
      async () => {
        open = await openWork(system);
        const unknown = unknownEnds();
        if (unknown > 0) open.push(`${unknown} ends that no event has told`);
        return open.length === 0;
      },
      { limitMs, what: 'everything settled', signal: system.signal },
    );
  } catch (error) {
    system.signal.throwIfAborted();
    if (open.length === 0) throw error;
  }
  return open;
}
