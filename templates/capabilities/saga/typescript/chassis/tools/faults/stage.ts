// A system under test with someone who listens to it, for one piece of work; stopped however that ends.
import { during, type Undo } from './lifetime.ts';
import { openLog } from './log.ts';
import { type SystemOptions, startTestSystem, type TestSystem } from './system.ts';
import { startWitness, type Witness } from './witness.ts';

export interface Stage {
  readonly system: TestSystem;
  readonly witness: Witness;
  /** What is added is done at the end, before the system is stopped. */
  readonly undo: Undo;
}

/** @throws ToolError where the system cannot be had, and the signal's reason once it is aborted */
export function onStage<T>(
  options: Omit<SystemOptions, 'onLine'>,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  return during(options.signal, (undo, signal) => setStage({ ...options, signal }, undo), work);
}

async function setStage(options: Omit<SystemOptions, 'onLine'>, undo: Undo): Promise<Stage> {
  const log = await openLog();
  undo.push(log.close);
  const system = await startTestSystem({ ...options, onLine: log.write });
  undo.push(system.stop);
  await system.ready();
  const witness = await startWitness(system.broker.url, options.signal);
  undo.push(witness.stop);
  return { system, witness, undo };
}
