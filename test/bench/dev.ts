/** How long `npm run dev` takes until everything is ready, on the first start after the installation. */

import { start } from '../e2e/commands.ts';
import { until } from '../e2e/until.ts';
import { end } from './repository.ts';
import type { Row } from './table.ts';

const LIMIT_S = 10;

/** Starts twice: the first time makes the databases, the second finds them. */
export async function measureDev(repository: string): Promise<Row> {
  const first = await secondsUntilReady(repository);
  const second = await secondsUntilReady(repository);
  return {
    name: 'npm run dev, first start until ready',
    measured: `${first.toFixed(1)} s`,
    target: { text: `< ${LIMIT_S} s`, isMet: first < LIMIT_S },
    detail: `second start ${second.toFixed(1)} s`,
  };
}

async function secondsUntilReady(repository: string): Promise<number> {
  const begun = performance.now();
  const dev = start('npm', ['run', 'dev'], { cwd: repository });
  try {
    await until(async () => dev.output().includes('Ready in '), {
      what: () => `npm run dev is ready:\n${dev.output()}`,
      limitMs: 120_000,
    });
    return (performance.now() - begun) / 1_000;
  } finally {
    await end(dev);
  }
}
