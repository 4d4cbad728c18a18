// How much memory the services hold, as they tell it themselves.
import type { TestSystem } from './system.ts';

/** Megabytes by instance; one that does not answer is left out. */
export async function memoryOf({ victims }: TestSystem): Promise<Readonly<Record<string, number>>> {
  const sizes = victims.map(async ({ label, metrics }) => {
    const size = megabytesIn(await metrics().catch(() => ''));
    return size === undefined ? [] : [[label, size] as const];
  });
  return Object.fromEntries((await Promise.all(sizes)).flat());
}

/** What a page of metrics says. */
export function megabytesIn(page: string): number | undefined {
  const bytes = /^process_resident_memory_bytes (\S+)/m.exec(page)?.[1];
  return bytes === undefined ? undefined : Math.round(Number(bytes) / 1024 ** 2);
}
