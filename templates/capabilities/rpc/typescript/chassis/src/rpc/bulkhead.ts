import { CallError } from './guard.ts';

/** Keeps a slow dependency from taking all of this process: refuses, at once, what exceeds `limit` in flight. */
export function bulkhead(label: string, limit: number): <T>(call: () => Promise<T>) => Promise<T> {
  let inFlight = 0;
  return async (call) => {
    if (inFlight >= limit) {
      const message = `${label}: ${limit} calls are in flight already`;
      throw new CallError('Unavailable', message, {
        retryAfter: 1,
        outcome: { kind: 'refused' },
        sent: false,
      });
    }
    inFlight += 1;
    try {
      return await call();
    } finally {
      inFlight -= 1;
    }
  };
}
