import { milliseconds } from '@app/chassis/config';
import { callTimes, longerThan, p99Between } from './call-times.ts';
import type { Called, CallGuard } from './called.ts';
import { type Dependency, dependencyOf } from './dependency.ts';
import { CALM_MS, type Drill, type Finding, type Scene } from './drill.ts';
import { duration, figuresOf, sentBetween } from './figures.ts';

/** How much of the reset time it is watched while it refuses calls. */
const WATCHED_SHARE = 0.6;
const WATCHED_PARTS = 6;
/** Most that 99 of 100 refused calls may take. */
const REFUSED_MS = 5;
const NOTICED_MS = 30_000;
/** The reset time is up to a tenth longer than what is set. */
const JITTER = 1.1;
/** After the reset time a trial waits only for the next request. */
const TRIED_MS = 10_000;
/** How long the trial takes: the others that come meanwhile must be refused. */
const TRIAL_MS = 200;
/** One call may be sent twice before its failure is known. */
const SLACK = 2;

/** A called service is away for a while, and its callers stop to call it. */
export function deadDependency({ name: service }: Called, guard: CallGuard): Drill {
  const { name, threshold, resetTimeout, states } = guard;
  const [closed, trial, open] = states;
  const head = name.toUpperCase();
  return {
    name,
    title: `${service} is away, and after ${threshold} failures it is not called any more`,
    columns: ['UNSENT', 'OPEN'],
    state: name,
    lookFor: [
      `${head} is ${open} after ${threshold} failures in a row, and requests fail.`,
      `While it is ${open}, P50 and P99 are small: nobody waits for what is away.`,
      `After ${resetTimeout} (up to a tenth longer) one call goes through as a trial; while that takes, ${head} is ${trial}.`,
      `It succeeds: ${head} is ${closed} again.`,
    ],
    run: async (scene) => {
      const part = { scene, dependency: dependencyOf(scene.system, service), service, guard };
      await scene.pause(CALM_MS);
      const opening = await opens(part);
      if (!opening) return [{ good: false, text: `not ${open} within ${NOTICED_MS / 1_000} s` }];
      return [opening.finding, ...(await refuses(part, opening)), ...(await closes(part, opening))];
    },
  };
}

interface Part {
  readonly scene: Scene;
  readonly dependency: Dependency;
  readonly service: string;
  readonly guard: CallGuard;
}

/** It began to refuse calls between two instants of `performance.now()`. */
interface Opening {
  readonly notBefore: number;
  readonly notAfter: number;
  /** Calls that were tried by then. */
  readonly attempts: number | undefined;
  readonly finding: Finding;
}

async function opens({ scene, dependency, service, guard }: Part): Promise<Opening | undefined> {
  const { threshold, states } = guard;
  const [, , open] = states;
  const before = dependency.attempts();
  // Those that are cut off fail as well, on connections that they had already.
  const { underWay } = scene.load;
  scene.mark(`${service} is away`);
  await dependency.takeAway();
  let notBefore = performance.now();
  const isOpen = async () => {
    const askedAt = performance.now();
    const { state } = await scene.sampler.look();
    if (state !== open) notBefore = askedAt;
    return state === open;
  };
  if (!(await scene.until(isOpen, NOTICED_MS))) return undefined;
  const notAfter = performance.now();
  // What was let through before that may connect a little later.
  await scene.until(() => (scene.load.waitsSince ?? notAfter) >= notAfter, NOTICED_MS);
  const attempts = dependency.attempts();
  const failures = since(dependency, before);
  const good =
    failures === undefined ||
    (failures >= threshold - underWay && failures <= threshold + Math.max(SLACK, underWay));
  const text =
    failures === undefined
      ? `${open} when ${service} was gone`
      : `${open} after ${failures} failed calls and at most ${underWay} cut off; ${threshold} are set`;
  return { notBefore, notAfter, attempts, finding: { good, text } };
}

async function refuses(
  { scene, dependency, service, guard }: Part,
  { attempts }: Opening,
): Promise<Finding[]> {
  const { states, resetTimeout } = guard;
  const [, , open] = states;
  const partMs = (WATCHED_SHARE * milliseconds(resetTimeout)) / WATCHED_PARTS;
  const refused = { service, result: 'Unavailable' } as const;
  const from = performance.now();
  const looks = [await callTimes(scene.system, refused)];
  for (let part = 1; part <= WATCHED_PARTS; part++) {
    await scene.pause(partMs);
    looks.push(await callTimes(scene.system, refused));
  }
  const parts = looks.slice(1).map((look, part) => p99Between(looks[part] ?? look, look));
  const calmest = Math.min(...parts.filter((limit) => limit !== undefined));
  const all = p99Between(looks[0] ?? new Map(), looks.at(-1) ?? new Map());
  const calls = since(dependency, attempts);
  const { ok, failed, p50, p99 } = figuresOf(sentBetween(scene.load.attempts, from, performance.now()));
  const reached = calls === undefined ? '' : `, ${calls} of them reached ${service}`;
  return [
    {
      good: ok === 0 && failed > 0 && !calls,
      text: `while ${open} ${failed} requests were refused${reached}; p50 ${duration(p50)}, p99 ${duration(p99)}`,
    },
    {
      // A machine that is busy with something else holds everyone up now and then; a guard that waits always does.
      good: calmest <= REFUSED_MS,
      text: `the refused calls by themselves: p99 below ${duration(all)}, below ${duration(calmest)} in the calmest part of that time; ${duration(REFUSED_MS)} are allowed`,
    },
  ];
}

async function closes(part: Part, opening: Opening): Promise<Finding[]> {
  const { scene, dependency, service, guard } = part;
  const [closed] = guard.states;
  dependency.delay(TRIAL_MS);
  scene.mark(`${service} comes back; nobody knows yet`);
  await dependency.giveBack();
  const findings = await tries(part, { ...opening, reachableAt: performance.now() });
  dependency.delay(0);
  const closedAt = performance.now();
  await scene.pause(CALM_MS);
  const { ok, failed } = figuresOf(sentBetween(scene.load.attempts, closedAt, performance.now()));
  return [
    ...findings,
    {
      good: ok > 0 && failed === 0,
      text: `after it was ${closed} ${ok} requests were taken, ${failed} were not`,
    },
  ];
}

/** Until the trial has closed it. */
async function tries(part: Part, opening: Opening & { reachableAt: number }): Promise<Finding[]> {
  const { scene, dependency, service, guard } = part;
  const [closed, , open] = guard.states;
  const resetMs = milliseconds(guard.resetTimeout);
  const succeeded = { service, result: 'ok' } as const;
  const before = await callTimes(scene.system, succeeded);
  const calls = () => since(dependency, opening.attempts);
  const isTried = async () => (calls() ?? 0) > 0 || (await scene.sampler.look()).state !== open;
  if (!(await scene.until(isTried, resetMs * JITTER + NOTICED_MS)))
    return [{ good: false, text: `${open} for ${duration(performance.now() - opening.notAfter)}, no trial` }];
  const triedAt = performance.now();
  // The link answers no sooner than `TRIAL_MS` later, by a timer of this very process.
  await scene.pause(TRIAL_MS / 2);
  const tried = calls();
  let notClosedAt = performance.now();
  const isClosed = async () => {
    const askedAt = performance.now();
    const { state } = await scene.sampler.look();
    if (state !== closed) notClosedAt = askedAt;
    return state === closed;
  };
  const good = await scene.until(isClosed, NOTICED_MS);
  const slow =
    longerThan(await callTimes(scene.system, succeeded), TRIAL_MS / 2) - longerThan(before, TRIAL_MS / 2);
  // What came through later than that may have been let through since.
  const isSlowKnown = slow === 1 || performance.now() - notClosedAt < TRIAL_MS;
  const trials = tried ?? (isSlowKnown ? slow : undefined);
  return [
    timing(opening, { triedAt, guard }),
    ...(trials === undefined
      ? []
      : [{ good: trials === 1, text: `${trials} ${trials === 1 ? 'call' : 'calls'} as a trial` }]),
    { good, text: good ? `${closed} after the trial` : `not ${closed}, although ${service} is back` },
  ];
}

/** Not before the reset time is over, and soon after that; a service that came back later had its trial in vain. */
function timing(
  { notBefore, notAfter, reachableAt }: Opening & { reachableAt: number },
  { triedAt, guard: { resetTimeout } }: { triedAt: number; guard: CallGuard },
): Finding {
  const resetMs = milliseconds(resetTimeout);
  const isFirst = reachableAt < notBefore + resetMs;
  const dueAt = (isFirst ? notAfter : reachableAt) + resetMs * JITTER;
  const again = isFirst ? '' : `; the service was back only after ${duration(reachableAt - notBefore)}`;
  return {
    good: triedAt - notBefore >= resetMs && triedAt <= dueAt + TRIED_MS,
    text: `the trial came after ${duration(triedAt - notBefore)}; ${resetTimeout} are set, and up to a tenth more${again}`,
  };
}

function since(dependency: Dependency, before: number | undefined): number | undefined {
  const now = dependency.attempts();
  return now === undefined || before === undefined ? undefined : now - before;
}
