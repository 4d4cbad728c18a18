import type { ProbeResult } from '../report.ts';
import type { Storm } from '../storm.ts';
import { Broken } from './probe.ts';
import { probes } from './probes.ts';

const READY_MS = 120_000;

/** One after the other, each on a system that is whole again. */
export async function runProbes(
  storm: Storm,
  { names, say }: { names: readonly string[]; say(line: string): void },
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const probe of probes.filter(({ name }) => names.includes(name))) {
    const { name, proves } = probe;
    const reason = probe.without?.(storm);
    if (reason !== undefined) {
      results.push({ name, proves, result: 'left out', detail: reason });
      continue;
    }
    say(`Probe ${name}...`);
    try {
      await probe.run(storm);
      results.push({ name, proves, result: 'held', detail: '' });
    } catch (error) {
      storm.system.signal.throwIfAborted();
      if (!(error instanceof Broken)) throw error;
      results.push({ name, proves, result: 'broken', detail: error.message });
    }
    await storm.system.ready(READY_MS);
  }
  return results;
}
