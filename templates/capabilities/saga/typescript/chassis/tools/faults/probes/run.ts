import { random } from '../random.ts';
import type { ProbeResult } from '../report.ts';
import type { Storm } from '../storm.ts';
import { subject } from '../subject.ts';
import { Broken, type Probe } from './probe.ts';
import { probes } from './probes.ts';
import { calm } from './scene.ts';

export interface ProbesOptions {
  /** The seed of the first time; those that follow are for the next times. */
  readonly seed: number;
  readonly probes: readonly string[];
  readonly times: number;
}

/** One after the other, each on a system that is whole again. */
export async function runProbes(
  storm: Storm,
  { seed, probes: names, times }: ProbesOptions,
  say: (line: string) => void,
): Promise<void> {
  const chosen = probes.filter(({ name }) => names.includes(name));
  const turns = Array.from({ length: times }, (_, time) => chosen.map((probe) => ({ probe, time }))).flat();
  for (const [turn, { probe, time }] of turns.entries()) {
    say(`Probe ${probe.name}${times > 1 ? `, seed ${seed + time}` : ''}...`);
    const result = await runProbe(probe, { ...storm, random: random(seed + time) });
    storm.journal.noteProbe(result);
    await storm.system.ready();
    // What one has begun must not meet what follows. Of a broken one it ends by its deadline, or never.
    if (result.result !== 'broken') await calm(storm);
    else if (turn < turns.length - 1) await calm(storm, subject.saga.deadlineMs);
  }
}

async function runProbe(probe: Probe, storm: Storm): Promise<ProbeResult> {
  const { name, proves } = probe;
  const reason = probe.without?.(storm);
  if (reason !== undefined) return { name, proves, result: 'left out', detail: reason };
  try {
    await probe.run(storm);
    return { name, proves, result: 'held', detail: '' };
  } catch (error) {
    storm.system.signal.throwIfAborted();
    if (!(error instanceof Broken)) throw error;
    return { name, proves, result: 'broken', detail: error.message };
  }
}
