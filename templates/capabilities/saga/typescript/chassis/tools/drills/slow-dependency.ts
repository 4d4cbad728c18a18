import { milliseconds } from '@app/chassis/config';
import { called, callGuards } from './called.ts';
import { dependencyOf } from './dependency.ts';
import { CALM_MS, type Drill } from './drill.ts';
import { duration, figuresOf, sentBetween } from './figures.ts';
import { PER_SECOND } from './load.ts';

/** A called service that takes so many times what it may. */
const TIMES = 6;
const BACK_MS = 30_000;

const [guard] = callGuards;
const service = called?.name ?? 'service';
const deadline = called?.deadline ?? '1s';

/** A called service answers too late: nobody waits for it longer than its deadline. */
export const slowDependency: Drill = {
  name: 'slow-dependency',
  title: `${service} takes ${TIMES} times as long as its deadline of ${deadline}`,
  lookFor: [
    `P99 stays near the deadline of ${deadline}; without one it would be ${duration(TIMES * milliseconds(deadline))}.`,
    'Requests do not pile up: they fail, and what they held is free again.',
    ...(guard
      ? [`STATE is ${guard.states[2]} after ${guard.threshold} late answers; then requests fail at once.`]
      : []),
    `When ${service} is quick again, requests are taken again${guard ? `, after ${guard.resetTimeout}` : ''}.`,
  ],
  without: () => (called ? undefined : 'No service is called here before a saga begins.'),
  run: async ({ system, load, options, mark, pause, until }) => {
    const slowMs = TIMES * milliseconds(deadline);
    const dependency = dependencyOf(system, service);
    await pause(CALM_MS);
    const from = performance.now();
    dependency.delay(slowMs);
    mark(`${service} answers ${duration(slowMs)} later`);
    await pause(options.seconds * 1_000);
    const until0 = performance.now();
    mark(`${service} is quick again`);
    dependency.delay(0);
    const resetMs = guard ? 1.1 * milliseconds(guard.resetTimeout) : 0;
    const back = await until(() => lastSecond(load.attempts).failed === 0, resetMs + BACK_MS);
    const tookMs = performance.now() - until0;
    await pause(CALM_MS);
    const during = figuresOf(sentBetween(load.attempts, from, until0));
    // Were there no deadline, so many would wait for it at once.
    const pile = (PER_SECOND * slowMs) / 1_000;
    return [
      {
        good: during.failed > 0 && (during.slowest ?? 0) < slowMs,
        text: `while it was slow ${during.failed} requests failed: p50 ${duration(during.p50)}, p99 ${duration(during.p99)}, the slowest ${duration(during.slowest)}`,
      },
      {
        good: load.mostUnderWay < pile / 2,
        text: `${load.mostUnderWay} requests waited at most; without a deadline ${Math.round(pile)} would`,
      },
      {
        good: back,
        text: back ? `taken again ${duration(tookMs)} after that` : 'requests are not taken again',
      },
    ];
  },
};

function lastSecond(attempts: Parameters<typeof sentBetween>[0]) {
  const now = performance.now();
  const figures = figuresOf(attempts.filter(({ answeredAt }) => answeredAt > now - 1_000));
  // Nothing was answered: that is not well either.
  return figures.ok === 0 ? { ...figures, failed: Math.max(1, figures.failed) } : figures;
}
