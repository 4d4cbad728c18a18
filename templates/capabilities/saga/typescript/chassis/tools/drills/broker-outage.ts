import { CALM_MS, type Drill, FOLLOWS_MS } from './drill.ts';
import { duration, figuresOf, sentBetween } from './figures.ts';
import type { Sample } from './sampler.ts';

/** The broker dies: requests are taken all the same, and their messages wait. */
export const brokerOutage: Drill = {
  name: 'broker-outage',
  title: 'the broker is killed while requests come',
  columns: ['UNSENT', 'OPEN'],
  state: 'broker',
  lookFor: [
    'FAIL stays 0: a request needs no broker, its messages are stored with it.',
    'UNSENT grows while the broker is down, and OPEN with it.',
    'UNSENT is 0 soon after the broker is back, and OPEN follows.',
  ],
  run: async ({ system, load, sampler, options, mark, pause, until }) => {
    await pause(CALM_MS);
    const downAt = performance.now();
    await system.broker.kill();
    mark('the broker is killed', 'down');
    await pause(options.seconds * 1_000);
    mark('the broker starts again', 'starting');
    await system.broker.revive();
    const backAt = performance.now();
    const { ok, failed, p99 } = figuresOf(sentBetween(load.attempts, downAt, backAt));
    mark('the broker is back', 'up');
    const unsent = mostUnsent(sampler.samples.filter(({ at }) => at >= downAt && at < backAt));
    // Requests go on: what was stored meanwhile has to leave faster than new ones come.
    const drained = await until(
      async () => ((await sampler.look()).unsent ?? unsent) < unsent / 10,
      FOLLOWS_MS,
    );
    const tookMs = performance.now() - backAt;
    await pause(CALM_MS);
    return [
      {
        good: ok > 0 && failed === 0,
        text: `without a broker ${ok} requests were taken, ${failed} were not`,
      },
      { good: true, text: `p99 of their answers ${duration(p99)}` },
      { good: unsent > ok / 2, text: `${unsent} messages waited for it at most` },
      { good: drained, text: drained ? `sent ${duration(tookMs)} after it was back` : 'they still wait' },
    ];
  },
};

const mostUnsent = (samples: readonly Sample[]) => Math.max(0, ...samples.map(({ unsent }) => unsent ?? 0));
