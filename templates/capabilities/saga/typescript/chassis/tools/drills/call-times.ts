// How long the initiator's calls of a service take by themselves, as it measures them: a request is more than its call.
import { subject } from '../faults/subject.ts';
import type { TestSystem } from '../faults/system.ts';

/** Calls so far, by the seconds that they took at most. */
export type CallTimes = ReadonlyMap<number, number>;

/** Of the calls of `service` that ended with `result`. */
export async function callTimes(
  system: TestSystem,
  { service, result }: { service: string; result: 'ok' | 'Unavailable' },
): Promise<CallTimes> {
  const page = await system.victim(subject.initiator).metrics();
  const times = new Map<number, number>();
  for (const [, labels = '', count] of page.matchAll(/^rpc_client_seconds_bucket\{([^}]*)\} (\d+)/gm)) {
    const [, limit = ''] = /le="([^"]+)"/.exec(labels) ?? [];
    if (!labels.includes(`dependency="${service}"`) || !labels.includes(`result="${result}"`)) continue;
    const seconds = limit === '+Inf' ? Number.POSITIVE_INFINITY : Number(limit);
    times.set(seconds, (times.get(seconds) ?? 0) + Number(count));
  }
  return times;
}

/** Milliseconds that 99 of 100 calls between the two looks took at most; undefined where there was none. */
export function p99Between(before: CallTimes, after: CallTimes): number | undefined {
  const limits = [...after.keys()].sort((a, b) => a - b);
  const made = (limit: number) => (after.get(limit) ?? 0) - (before.get(limit) ?? 0);
  const all = made(Number.POSITIVE_INFINITY);
  const limit = all === 0 ? undefined : limits.find((one) => made(one) >= 0.99 * all);
  return limit === undefined ? undefined : 1_000 * limit;
}

/** Calls that took longer than about `ms`, to the next limit that is measured. */
export function longerThan(times: CallTimes, ms: number): number {
  const limits = [...times.keys()].filter((limit) => 1_000 * limit >= ms);
  const quick = times.get(Math.min(...limits)) ?? 0;
  return (times.get(Number.POSITIVE_INFINITY) ?? 0) - quick;
}
