// One drill: a system, requests, a fault, and what was seen of it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Duration } from '@app/chassis/config';
import { LOG } from '../faults/log.ts';
import { settle } from '../faults/settle.ts';
import { onStage, type Stage } from '../faults/stage.ts';
import { subject } from '../faults/subject.ts';
import type { Preload } from '../faults/system.ts';
import { paint, print } from '../terminal.ts';
import { called, callGuards } from './called.ts';
import { type Columns, headLine, printLine, printMark } from './chart.ts';
import type { Finding, Scene } from './drill.ts';
import { eachOnce } from './instance-death.ts';
import { startLoad } from './load.ts';
import type { DrillOptions } from './options.ts';
import { startSampler } from './sampler.ts';

const SETTLED_MS = 120_000;
const POLL_MS = 20;

/** Whether what was to be seen was seen. */
export async function runDrill(options: DrillOptions, signal: AbortSignal): Promise<boolean> {
  const { name, title, lookFor } = options.drill;
  print(`${paint('cyan', name)}: ${title}`);
  print('What to look for:');
  for (const line of lookFor) print(`  ${line}`);
  print('\nStarting a system of its own...');
  const setting = {
    broker: options.broker,
    scale: options.drill.scale ?? new Map(),
    ...(options.resetTimeout === undefined ? {} : { preload: sooner(options.resetTimeout) }),
    signal,
    onStep: print,
  };
  return onStage(setting, async (stage) => {
    const findings = await play(options, stage);
    print(`\n${paint('cyan', 'What was seen')}`);
    for (const { good, text } of findings)
      print(`${good ? paint('green', '  ✓') : paint('red', '  ✗')} ${text}`);
    const good = findings.every((finding) => finding.good);
    if (!good) process.stderr.write(`What the services said: ${LOG}\n`);
    return good;
  });
}

/** Starts the caller with a guard that tries again sooner. */
function sooner(resetTimeout: Duration): Preload {
  return {
    service: subject.initiator,
    module: new URL('./sooner.ts', import.meta.url),
    env: { DRILL_RESET_TIMEOUT: resetTimeout },
  };
}

async function play(options: DrillOptions, { system, witness, undo }: Stage): Promise<Finding[]> {
  const { drill } = options;
  const { signal } = system;
  const started = performance.now();
  const columns: Columns = { state: drill.state, chosen: drill.columns };
  const isGuarded = drill.state === callGuards[0]?.name;
  let shown = isGuarded ? '-' : 'up';
  let guarded: string | undefined;
  const mark = (text: string, state = shown) => {
    shown = state;
    printMark((performance.now() - started) / 1_000, text);
  };
  const load = startLoad(system, { again: drill.again ?? false });
  const looked = { system, witness, deadLetters: columns.chosen.includes('DEAD') };
  const sampler = startSampler(looked, (state) => {
    if (isGuarded) shown = state;
    if (guarded !== undefined) mark(`calls of ${called?.name}: ${state}`);
    guarded = state;
  });
  undo.push(sampler.stop, load.stop);
  const scene: Scene = {
    ...{ system, load, sampler, witness, options, mark },
    pause: (ms) => sleep(ms, undefined, { signal }),
    until: (condition, limitMs) => until(condition, { limitMs, signal }),
  };
  const stopDrawing = draw(scene, { columns, started, state: () => shown });
  undo.push(async () => stopDrawing());
  const findings = [...(await drill.run(scene))];
  mark('no more requests come');
  await load.stop();
  findings.push(await ended(scene));
  if (drill.again) findings.push(await eachOnce(scene));
  stopDrawing();
  return findings;
}

/** A line for each second. @returns what ends it */
function draw(
  { load, sampler }: Scene,
  { columns, started, state }: { columns: Columns; started: number; state(): string },
): () => void {
  print('Times are milliseconds until a request is answered; # one that was taken, x one that was not.\n');
  print(headLine(columns));
  let drawn = load.attempts.length;
  const timer = setInterval(() => {
    const attempts = load.attempts.slice(drawn);
    drawn += attempts.length;
    const second = Math.round((performance.now() - started) / 1_000);
    printLine({ second, attempts, sample: sampler.last, state: state() }, columns);
  }, 1_000);
  return () => clearInterval(timer);
}

/** Whether each of those that were accepted has come to its end. */
async function ended({ system, load, sampler }: Scene): Promise<Finding> {
  const left = await settle(system, { limitMs: SETTLED_MS, unknownEnds: () => 0 });
  await sampler.look();
  const { rows } = await system
    .db(subject.initiator)
    .query<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM saga WHERE key = ANY($1) GROUP BY status ORDER BY status',
      [load.accepted],
    );
  const counts = rows.map(({ status, count }) => `${count} ${status.toLowerCase()}`).join(', ');
  const known = rows.reduce((sum, { count }) => sum + count, 0);
  const lost = load.accepted.length - known;
  return {
    good: left.length === 0 && lost === 0,
    text: `of ${load.accepted.length} ${subject.plural} that were taken: ${counts}, ${lost} lost${left.length > 0 ? `; open: ${left.join(', ')}` : ''}`,
  };
}

async function until(
  condition: () => boolean | Promise<boolean>,
  { limitMs, signal }: { limitMs: number; signal: AbortSignal },
): Promise<boolean> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) return false;
    await sleep(POLL_MS, undefined, { signal });
  }
  return true;
}
