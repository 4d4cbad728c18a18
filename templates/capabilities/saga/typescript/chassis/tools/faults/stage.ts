// A system under test with someone who listens to it, for one piece of work; stopped however that ends.
import { ToolError } from '../interrupt.ts';
import { system as description } from '../system.ts';
import { openLog } from './log.ts';
import { type SystemOptions, startTestSystem, type TestSystem } from './system.ts';
import { listAllDeadLetters, startWitness, type Witness } from './witness.ts';

export interface Stage {
  readonly system: TestSystem;
  readonly witness: Witness;
  /** What is added is done at the end, before the system is stopped; the last one first. */
  readonly undo: (() => Promise<unknown>)[];
}

/** @throws ToolError where the system cannot be had, and the signal's reason once it is aborted */
export async function onStage<T>(
  options: Omit<SystemOptions, 'onLine'>,
  work: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  const undo: Stage['undo'] = [];
  const play = async () => work(await setStage(options, undo));
  try {
    return await Promise.race([play(), interrupted(signal)]);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

async function setStage(options: Omit<SystemOptions, 'onLine'>, undo: Stage['undo']): Promise<Stage> {
  const log = await openLog();
  undo.push(log.close);
  const system = await startTestSystem({ ...options, onLine: log.write });
  undo.push(system.stop);
  await system.ready();
  const witness = await startWitness(system.broker.url, options.signal);
  undo.push(witness.stop);
  await refuseForeignData(system, witness);
  return { system, witness, undo };
}

/** Whatever is waited for. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** What is killed and counted here must be nobody's but the test's. */
async function refuseForeignData(system: TestSystem, { transport, seen }: Witness): Promise<void> {
  const letters = (await listAllDeadLetters(transport)).length;
  if (letters > 0 || seen.size > 0)
    throw new ToolError(
      `The broker holds messages of another system: ${letters} dead letters, ${seen.size} events. Give it an empty one.`,
    );
  for (const { name } of description.services) {
    const { rowCount } = await system.db(name).query('SELECT FROM inbox LIMIT 1');
    if (rowCount !== 0)
      throw new ToolError(
        `The broker holds messages of another system: ${name} got some. Give it an empty one.`,
      );
  }
}
