/** Ctrl-C ends a fault test or a drill, and all that it has started, whatever it is doing. */

import { beforeAll, expect, test } from 'vitest';
import { type Command, start } from '../e2e/commands.ts';
import { descendantsOf, isAlive, type Process, processesWith } from '../e2e/processes.ts';
import { generateAndInstall } from '../e2e/project.ts';
import { until } from '../e2e/until.ts';
import { type Fault, reportIn } from './report.ts';

let folder: string;
beforeAll(async () => {
  folder = await generateAndInstall('shop');
});

/** Without the npm that a user has before it: that ends by the signal itself, whatever the tool says. */
const begin = (tool: string, ...flags: readonly string[]) =>
  start(
    process.execPath,
    ['--import', 'tsx/esm', '--conditions=source', `chassis/typescript/tools/${tool}.ts`, ...flags],
    { cwd: folder },
  );
const faults = (...flags: readonly string[]) => begin('faults', '--seed', '1', '--no-probes', ...flags);

/** Services and servers of a tool; PostgreSQL goes into the background, so its folder tells whose it is. */
async function startedBy({ pid }: Command): Promise<readonly Process[]> {
  const servers = await Promise.all(['faults', 'bus'].map((name) => processesWith(`/${name}.${pid}/data`)));
  return [...(await descendantsOf(pid)), ...servers.flat()];
}

/** Sends Ctrl-C once `moment` has come; fails unless it is all over soon. */
async function interrupted(
  command: Command,
  { what, moment }: { what: string; moment: (running: readonly Process[]) => boolean },
): Promise<void> {
  let running: readonly Process[] = [];
  const hasCome = async () => {
    running = await startedBy(command);
    return moment(running);
  };
  await until(hasCome, { what: () => `${what}: ${command.output()}`, limitMs: 180_000 });
  command.signal('SIGINT');
  let code: number | undefined;
  void command.ended.then((told) => {
    code = told;
  });
  const left = () => running.filter(isAlive);
  try {
    await until(async () => code !== undefined && left().length === 0, {
      what: () => `the end of ${JSON.stringify(left())}: ${command.output()}`,
      limitMs: 90_000,
    });
  } finally {
    command.signal('SIGKILL');
  }
  expect(code).toBe(130);
}

const serves = (name: string) => (running: readonly Process[]) =>
  running.some(({ command }) => command.includes(`/${name}.`) && command.includes('/data'));
const runs = (service: string) => (running: readonly Process[]) =>
  running.some(({ command }) => command.includes(`services/${service}/src/main.ts`));

test.each([
  ['its broker has started', serves('bus')],
  ['a service has started', runs('order')],
])('while it starts: %s', async (what, moment) => {
  const command = faults();
  await interrupted(command, { what, moment });
  expect(command.output()).not.toContain('    at ');
});

test('in the middle of its faults: it reports what it has seen so far', async () => {
  const command = faults('--json', '--orders', '100', '--rate', '8');
  const moment = () => /, [1-9]\d* kills, /.test(command.output());
  await interrupted(command, { what: 'the first kill', moment });
  const report = reportIn<{ faults: readonly Fault[]; sagas: number; interrupted: boolean }>(
    command.output(),
    130,
  );
  expect(report).toMatchObject({ seed: 1, interrupted: true, sagas: expect.any(Number) });
  expect(report.faults.filter(({ kind }) => kind === 'killed')).not.toEqual([]);
});

test('a drill, in the middle', async () => {
  const command = begin('drill', 'broker-outage');
  const moment = () => command.output().includes('Times are milliseconds');
  await interrupted(command, { what: 'it draws', moment });
});
