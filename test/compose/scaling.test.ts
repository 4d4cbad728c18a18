/** Instances of a service behind the proxy come, go and are killed while clients go on. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { succeed } from '../e2e/commands.ts';
import { type Compose, composeOf } from '../e2e/compose.ts';
import { ensureEngine } from '../e2e/engine.ts';
import { generateAndInstall } from '../e2e/project.ts';
import { until } from '../e2e/until.ts';
import { containersOf } from './containers.ts';
import { startTraffic, type Traffic } from './traffic.ts';

/** In the proxy, of the service `user`; and of the proxy's own pages. */
const userPort = 3001;
const statisticsPort = 8404;

let compose: Compose;
let traffic: Traffic | undefined;
beforeAll(async () => {
  await ensureEngine();
  const folder = await generateAndInstall('shop', { flags: ['--discovery', 'server'] });
  await succeed('npm', ['run', 'setup'], { cwd: folder });
  compose = await composeOf(folder, {
    haproxy: [userPort, statisticsPort],
    postgres: [5432],
    rabbitmq: [5672],
  });
  await compose.run('up', '--build', '--wait');
});
afterAll(async () => {
  await traffic?.stop();
  await compose?.remove();
});

test('1 -> 3 -> 1 -> 3 instances, and one of them killed, at 50 requests a second', async () => {
  traffic = startTraffic(`http://127.0.0.1:${compose.port('haproxy', userPort)}/api/users`);
  for (const count of [3, 1, 3]) {
    await scale(count);
    const goal = traffic.made + 100;
    await until(async () => (traffic?.made ?? 0) > goal, { what: () => 'traffic goes on', limitMs: 60_000 });
    expect(traffic.takeFailures(), `with ${count}`).toEqual([]);
  }

  const [victim] = (await containersOf(compose.project)).filter(({ service }) => service === 'user');
  const { inFlight } = traffic;
  await succeed('docker', ['kill', victim?.id ?? ''], { cwd: '/' });
  await instances(2);
  await traffic.stop();
  const failures = traffic.takeFailures();
  expect(failures.filter((failure) => !failure.startsWith('post:'))).toEqual([]);
  expect(failures.length).toBeLessThanOrEqual(inFlight);
});

async function scale(count: number): Promise<void> {
  await compose.run('up', '--detach', '--no-recreate', '--no-deps', '--scale', `user=${count}`, 'user');
  await instances(count);
}

/** Waits until the proxy sends requests to so many. */
async function instances(count: number): Promise<void> {
  const up = /^haproxy_server_status\{proxy="user-3001",.*state="UP"\} 1$/gm;
  let seen = 0;
  const isSo = async () => {
    const page = await fetch(`http://127.0.0.1:${compose.port('haproxy', statisticsPort)}/metrics`);
    seen = [...(await page.text()).matchAll(up)].length;
    return seen === count;
  };
  await until(isSo, { what: () => `${count} instances are up: ${seen}`, limitMs: 120_000 });
}
