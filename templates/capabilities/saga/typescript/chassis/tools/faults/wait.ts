import { until } from '@app/chassis/testing';

/** As `until`, and ends at once with the signal's reason when it is aborted. */
export async function wait<T>(
  condition: () => T | Promise<T>,
  { signal, ...limits }: { limitMs: number; what: string; signal: AbortSignal },
): Promise<Exclude<T, false | null | undefined>> {
  const value = await until(() => signal.aborted || condition(), limits);
  signal.throwIfAborted();
  return value as Exclude<T, false | null | undefined>;
}
