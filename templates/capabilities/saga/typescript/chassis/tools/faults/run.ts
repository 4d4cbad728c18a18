// One run: a system, its probes, its storm, and the look at every one afterwards.
import { scenario } from '../scenario.ts';
import { system as description } from '../system.ts';
import { type Case, customersOf } from './customers.ts';
import { doubts, untried } from './doubts.ts';
import { gather } from './evidence.ts';
import { createJournal } from './journal.ts';
import { LOG } from './log.ts';
import { memoryOf } from './memory.ts';
import type { FaultOptions } from './options.ts';
import { runProbes } from './probes/run.ts';
import { type Progress, startProgress } from './progress.ts';
import { random } from './random.ts';
import { type Done, passed, printDone, printReport, type Report } from './report.ts';
import { settle, settlingMs } from './settle.ts';
import { onStage } from './stage.ts';
import { runStorm, type Storm } from './storm.ts';
import { subject } from './subject.ts';
import { isLookedUp, type TestSystem } from './system.ts';
import { historyOf, trailsOf } from './trail.ts';
import { verify } from './verify.ts';
import type { Witness } from './witness.ts';

const BROKEN_MS = 5_000;
/** Two of the initiator: what must hold for one relay has to hold between two. And of what callers look up. */
const scaled = [scenario.service, ...(isLookedUp ? description.services.flatMap(({ calls }) => calls) : [])];

/** Whether everything held. @throws ToolError where the run cannot be made */
export async function runFaults(options: FaultOptions, signal: AbortSignal): Promise<boolean> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let state = () => '';
  const progress = startProgress(() => (state() === '' ? '' : `${state()}, ${seconds().toFixed(0)} s`));
  progress.say(`Starting PostgreSQL, the broker and ${description.services.length} services...`);
  const scale = new Map(scaled.map((service) => [service, 2]));
  const direct = !options.faults && options.probes.length === 0;
  const setting = { broker: options.broker, scale, direct, signal, onStep: progress.say };
  try {
    return await onStage(setting, async ({ system, witness, undo }) => {
      const storm = begin(system, { witness, seed: options.seed });
      state = () => describe(storm);
      undo.push(async () => {
        if (!signal.aborted) return;
        progress.stop();
        reportSoFar(storm, { options, progress, seconds });
      });
      const report = await look(storm, { options, progress, seconds });
      progress.stop();
      if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
      else printReport(report);
      if (!passed(report)) process.stderr.write(`What the services said: ${LOG}\n`);
      return passed(report);
    });
  } finally {
    progress.stop();
  }
}

function begin(system: TestSystem, { witness, seed }: { witness: Witness; seed: number }): Storm {
  const { signal, address } = system;
  const customers = customersOf(address, signal);
  const inFlight = () =>
    customers.cases.filter(
      ({ id, problem }) => problem === undefined && !(id !== undefined && witness.knowsEndOf(id)),
    ).length;
  return { system, customers, witness, random: random(seed), inFlight, journal: createJournal(inFlight) };
}

function describe({ customers, inFlight, journal }: Storm): string {
  const kills = journal.faults.filter(({ kind }) => kind === 'killed').length;
  return `${customers.cases.length} ${subject.plural}, ${inFlight()} in flight, ${kills} kills, ${journal.faults.length} faults`;
}

interface Looking {
  readonly options: FaultOptions;
  readonly progress: Progress;
  seconds(): number;
}

async function look(storm: Storm, { options, progress, seconds }: Looking): Promise<Report> {
  const { system, customers, witness, journal, inFlight } = storm;
  const begun = performance.now();
  const before = await memoryOf(system);
  await runProbes(storm, options, progress.say);
  const placed = customers.cases.length;
  if (options.storm) await runStorm(storm, options);
  const over = performance.now();
  // What is broken already is not waited for.
  const isBroken = journal.probes.some(({ result }) => result === 'broken');
  const limitMs = isBroken ? BROKEN_MS : settlingMs(over - begun);
  const left = await settle(system, { limitMs, unknownEnds: inFlight });
  const settledMs = performance.now() - over;
  const { cases } = customers;
  const byChance = cases.slice(placed);
  const verdict = verify(await gather(system, witness, { cases, byChance, poison: journal.poison }));
  return {
    ...doneIn(storm, options),
    ...verdict,
    sagas: cases.length,
    settled: { seconds: settledMs / 1000, limit: limitMs / 1000, left },
    memory: { before, after: await memoryOf(system) },
    speed: speedOf(byChance, witness),
    trails: await trailsOf(system, verdict.rules),
    example: await oneUndone(storm),
    refusals: refusalsOf(storm, options),
    seconds: seconds(),
  };
}

/** Why the run proves less than it seems to. */
function refusalsOf({ journal }: Storm, { storm, faults }: FaultOptions): string[] {
  if (!storm) return untried(journal.probes);
  return faults ? doubts(journal.faults) : [];
}

/** Of a run that was interrupted. */
function reportSoFar(storm: Storm, { options, progress, seconds }: Looking): void {
  const done = doneIn(storm, options);
  if (options.json) {
    const counts = { sagas: storm.customers.cases.length, inFlight: storm.inFlight(), seconds: seconds() };
    process.stdout.write(`${JSON.stringify({ ...done, ...counts, interrupted: true })}\n`);
  } else printDone(done);
  progress.say(
    `Interrupted: ${describe(storm)}, ${seconds().toFixed(0)} s. Whether anything was lost was not looked at.`,
  );
}

function doneIn({ system, journal }: Storm, { seed }: FaultOptions): Done {
  const { faults, duplicates, poison, probes } = journal;
  return { seed, broker: system.broker.name, faults, duplicates, poison: poison.length, probes };
}

function speedOf(cases: readonly Case[], { seen }: Witness): Report['speed'] {
  const ends = cases.flatMap(({ id, askedAt }) => {
    const end = seen.get(id ?? '')?.at(-1)?.at;
    return end === undefined ? [] : [{ end, took: end - askedAt }];
  });
  if (ends.length === 0) return undefined;
  const took = ends.map((each) => each.took).sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  const first = Math.min(...cases.map(({ askedAt }) => askedAt));
  const last = Math.max(...ends.map(({ end }) => end));
  return { perSecond: (1000 * ends.length) / (last - first), p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** History of one that was begun and given up. */
async function oneUndone({ system, customers }: Storm): Promise<Report['example']> {
  for (const { id, request } of customers.cases) {
    if (id === undefined || request.refusal === undefined) continue;
    const history = await historyOf(system, id);
    if (history.some(({ result }) => result === 'undone')) return { key: id, history };
  }
  return undefined;
}
