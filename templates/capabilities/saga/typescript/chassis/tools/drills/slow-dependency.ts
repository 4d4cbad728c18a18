import { milliseconds } from '@app/chassis/config';
import { subject } from '../faults/subject.ts';
import type { Called, CallGuard } from './called.ts';
import { dependencyOf } from './dependency.ts';
import { CALM_MS, type Drill, type Finding, type Scene } from './drill.ts';
import { duration, figuresOf, sentBetween } from './figures.ts';
import { PER_SECOND } from './load.ts';
import type { Sample } from './sampler.ts';

/** A called service that takes so many times what it may. */
const TIMES = 6;
const BACK_MS = 30_000;
/** A request is more than its call. */
const BESIDE_CALL_MS = 1_000;
/** So many connections more or less are as many. */
const ABOUT = 5;
/** A request that waits may hold as much as its largest body. */
const LARGEST_BODY_MB = 1;

/** A called service answers too late: nobody waits for it longer than its deadline. */
export function slowDependency({ name: service, deadline }: Called, guard: CallGuard | undefined): Drill {
  const slowMs = TIMES * milliseconds(deadline);
  /** Were there no deadline, so many would wait for it at once. */
  const pile = Math.round((PER_SECOND * slowMs) / 1_000);
  return {
    name: 'slow-dependency',
    title: `${service} takes ${TIMES} times as long as its deadline of ${deadline}`,
    columns: ['SOCKETS', 'MB'],
    ...(guard ? { state: guard.name } : {}),
    lookFor: [
      `P99 stays near the deadline of ${deadline}; without one it would be ${duration(slowMs)}.`,
      `SOCKETS and MB, connections and memory of ${subject.initiator}, do not pile up: requests fail, and what they held is free again.`,
      ...(guard
        ? [
            `${guard.name.toUpperCase()} is ${guard.states[2]} after ${guard.threshold} late answers; then requests fail at once.`,
          ]
        : []),
      `When ${service} is quick again, requests are taken again${guard ? `, after ${guard.resetTimeout}` : ''}.`,
    ],
    run: async (scene) => {
      const { system, load, options, mark, pause, until } = scene;
      const dependency = dependencyOf(system, service);
      await pause(CALM_MS);
      const from = performance.now();
      dependency.delay(slowMs);
      mark(`${service} answers ${duration(slowMs)} later`);
      await pause(options.seconds * 1_000);
      const quickAt = performance.now();
      mark(`${service} is quick again`);
      dependency.delay(0);
      const resetMs = guard ? 1.1 * milliseconds(guard.resetTimeout) : 0;
      const back = await until(() => lastSecond(load.attempts).failed === 0, resetMs + BACK_MS);
      const tookMs = performance.now() - quickAt;
      await pause(CALM_MS);
      const during = figuresOf(sentBetween(load.attempts, from, quickAt));
      const inTime = (during.slowest ?? 0) <= milliseconds(deadline) + BESIDE_CALL_MS;
      return [
        {
          good: during.failed > 0 && inTime,
          text: `while it was slow ${during.failed} requests failed: p50 ${duration(during.p50)}, p99 ${duration(during.p99)}, the slowest ${duration(during.slowest)}`,
        },
        {
          good: load.mostUnderWay < pile / 2,
          text: `${load.mostUnderWay} requests waited at most; without a deadline ${pile} would`,
        },
        ...(await held(scene, { from, to: quickAt, pile })),
        {
          good: back,
          text: back ? `taken again ${duration(tookMs)} after that` : 'requests are not taken again',
        },
      ];
    },
  };
}

/** What the caller held before, while its dependency was slow, and now. */
async function held(
  { sampler, until }: Scene,
  { from, to, pile }: { from: number; to: number; pile: number },
): Promise<Finding[]> {
  const before = most(sampler.samples.filter(({ at }) => at < from));
  const during = most(sampler.samples.filter(({ at }) => at >= from && at < to));
  const free = await until(() => most([sampler.last]).sockets <= before.sockets + ABOUT, BACK_MS);
  const after = most([sampler.last]);
  return [
    {
      good: free && during.sockets <= before.sockets + pile,
      text: `connections of ${subject.initiator}: ${before.sockets} at most before, ${during.sockets} meanwhile, ${after.sockets} now`,
    },
    {
      good: during.megabytes <= before.megabytes + pile * LARGEST_BODY_MB,
      text: `memory of ${subject.initiator}: ${before.megabytes} MB at most before, ${during.megabytes} MB meanwhile, ${after.megabytes} MB now`,
    },
  ];
}

function most(samples: readonly Sample[]): { sockets: number; megabytes: number } {
  return {
    sockets: Math.max(0, ...samples.map(({ sockets }) => sockets ?? 0)),
    megabytes: Math.max(0, ...samples.map(({ megabytes }) => megabytes ?? 0)),
  };
}

function lastSecond(attempts: Parameters<typeof sentBetween>[0]) {
  const now = performance.now();
  const figures = figuresOf(attempts.filter(({ answeredAt }) => answeredAt > now - 1_000));
  // Nothing was answered: that is not well either.
  return figures.ok === 0 ? { ...figures, failed: Math.max(1, figures.failed) } : figures;
}
