import { milliseconds } from '@app/chassis/config';
import { callTimes, p99Between } from './call-times.ts';
import { type CallGuard, called } from './called.ts';
import { type Dependency, dependencyOf } from './dependency.ts';
import { CALM_MS, type Drill, type Finding, type Scene } from './drill.ts';
import { duration, figuresOf, sentBetween } from './figures.ts';

/** How long it is watched while it refuses calls; no longer than that takes. */
const WATCHED_MS = 8_000;
const NOTICED_MS = 30_000;
/** The reset time is up to a tenth longer than what is set. */
const JITTER = 1.1;
/** How long the trial takes: the others that come meanwhile must be refused. */
const TRIAL_MS = 200;
/** One call may be sent twice before its failure is known. */
const SLACK = 2;

/** A called service is away for a while, and its callers stop to call it. */
export function deadDependency(guard: CallGuard): Drill {
  const { name, threshold, resetTimeout, states } = guard;
  const [closed, trial, open] = states;
  const service = called?.name ?? 'service';
  return {
    name,
    title: `${service} is away, and after ${threshold} failures it is not called any more`,
    lookFor: [
      `STATE is ${open} after ${threshold} failures in a row, and requests fail.`,
      `While it is ${open}, P50 and P99 are small: nobody waits for what is away.`,
      `After ${resetTimeout} (up to a tenth longer) one call goes through as a trial; while that takes, STATE is ${trial}.`,
      `It succeeds: STATE is ${closed} again.`,
    ],
    without: () => (called ? undefined : 'No service is called here before a saga begins.'),
    run: async (scene) => {
      const dependency = dependencyOf(scene.system, service);
      await scene.pause(CALM_MS);
      return [
        ...(await opens(scene, { dependency, service, guard })),
        ...(await refuses(scene, { dependency, service, guard })),
        ...(await closes(scene, { dependency, service, guard })),
      ];
    },
  };
}

interface Part {
  readonly dependency: Dependency;
  readonly service: string;
  readonly guard: CallGuard;
}

async function opens(scene: Scene, { dependency, service, guard }: Part): Promise<Finding[]> {
  const { threshold, states } = guard;
  const [, , open] = states;
  const before = dependency.attempts();
  scene.mark(`${service} is away`);
  await dependency.takeAway();
  const opened = await scene.until(async () => (await scene.sampler.look()).state === open, NOTICED_MS);
  if (!opened) return [{ good: false, text: `not ${open} within ${NOTICED_MS / 1_000} s` }];
  const failures = since(dependency, before);
  if (failures === undefined) return [{ good: true, text: `${open} when ${service} was gone` }];
  const right = failures >= threshold && failures <= threshold + SLACK;
  return [{ good: right, text: `${open} after ${failures} failed calls; ${threshold} are set` }];
}

async function refuses(scene: Scene, { dependency, service, guard }: Part): Promise<Finding[]> {
  const { states, resetTimeout } = guard;
  const [, , open] = states;
  const from = performance.now();
  const before = dependency.attempts();
  const timesBefore = await callTimes(scene.system, service);
  await scene.pause(Math.min(WATCHED_MS, milliseconds(resetTimeout) / 2));
  const calls = since(dependency, before);
  const limit = p99Between(timesBefore, await callTimes(scene.system, service));
  const { ok, failed, p50, p99 } = figuresOf(sentBetween(scene.load.attempts, from, performance.now()));
  const reached = calls === undefined ? '' : `${calls} of them reached ${service}; `;
  return [
    {
      good: ok === 0 && failed > 0 && !calls,
      text: `while ${open} ${failed} requests were refused, ${reached}p50 ${duration(p50)}, p99 ${duration(p99)}; of the calls by themselves p99 is below ${duration(limit)}`,
    },
  ];
}

async function closes(scene: Scene, { dependency, service, guard }: Part): Promise<Finding[]> {
  const { states, resetTimeout } = guard;
  const [closed, , open] = states;
  dependency.delay(TRIAL_MS);
  const before = dependency.attempts();
  scene.mark(`${service} is back; nobody knows yet`);
  await dependency.giveBack();
  const trials = before === undefined ? undefined : countTrials(scene, { dependency, before });
  const limitMs = milliseconds(resetTimeout) * JITTER + NOTICED_MS;
  const tried = await scene.until(async () => (await scene.sampler.look()).state !== open, limitMs);
  const isClosed = async () => (await scene.sampler.look()).state === closed;
  const good = tried && (await scene.until(isClosed, NOTICED_MS));
  dependency.delay(0);
  const closedAt = performance.now();
  await scene.pause(CALM_MS);
  const { ok, failed } = figuresOf(sentBetween(scene.load.attempts, closedAt, performance.now()));
  const findings: Finding[] = [
    { good, text: good ? `${closed} after the trial` : `not ${closed} ${service} is back` },
    { good: ok > 0 && failed === 0, text: `after that ${ok} requests were taken, ${failed} were not` },
  ];
  const number = await trials;
  if (number === undefined) return findings;
  return [{ good: number === 1, text: `${number} call as a trial` }, ...findings];
}

/**
 * Calls that were let through before the first of them was answered. The link answers no sooner than `TRIAL_MS` later,
 * by a timer of this very process.
 */
async function countTrials(
  scene: Scene,
  { dependency, before }: { dependency: Dependency; before: number },
): Promise<number> {
  const limitMs = 10 * 60_000;
  await scene.until(() => (since(dependency, before) ?? 0) > 0, limitMs);
  await scene.pause(TRIAL_MS / 2);
  return since(dependency, before) ?? 0;
}

function since(dependency: Dependency, before: number | undefined): number | undefined {
  const now = dependency.attempts();
  return now === undefined || before === undefined ? undefined : now - before;
}
