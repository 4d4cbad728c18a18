/** The drills that every generated system with a saga brings, as its user runs and watches them. */

import { beforeAll, expect, test } from 'vitest';
import { run } from '../e2e/commands.ts';
import { generateAndInstall } from '../e2e/project.ts';

let folder: string;

beforeAll(async () => {
  folder = await generateAndInstall('shop');
});

const drill = (...args: string[]) => run('npm', ['run', '--silent', 'drill', '--', ...args], { cwd: folder });

test('breaker: opens after five failures, refuses at once, lets one trial through in time, and closes', async () => {
  const { code, output } = await drill('breaker', '--reset-timeout', '10s');
  expect(output).toMatch(/✓ open after \d+ failed calls and at most \d+ cut off; 5 are set/);
  expect(output).toMatch(/✓ while open \d+ requests were refused, 0 of them reached user/);
  expect(output).toMatch(/✓ the refused calls by themselves: p99 below \S+ m?s, .*; 5\.0 ms are allowed/);
  expect(output).toMatch(/✓ the trial came after 1\d\.\d s; 10s are set/);
  expect(output).toContain('✓ 1 call as a trial');
  expect(output).toContain('✓ closed after the trial');
  expect(output).not.toContain('✗');
  expect(code).toBe(0);
});

test('broker-outage: requests are taken without a broker, and their messages are sent once it is back', async () => {
  const { code, output } = await drill('broker-outage', '--seconds', '5');
  expect(output).toMatch(/✓ without a broker [1-9]\d* requests were taken, 0 were not/);
  expect(output).toMatch(/✓ sent \S+ m?s after it was back/);
  expect(code).toBe(0);
});

test('poison: what nobody can read is put aside, and nothing else', async () => {
  const { code, output } = await drill('poison');
  expect(output).toContain('✓ 8 of 8 are dead letters');
  expect(output).toContain('✓ 0 other messages are');
  expect(code).toBe(0);
});

test('instance-death: whoever was not answered asks again, and is served once', async () => {
  const { code, output } = await drill('instance-death');
  expect(output).toMatch(/✓ [1-9]\d* requests were not answered, and were sent again/);
  expect(output).toMatch(/✓ \d+ requests were taken in the end, 0 were not; 0 were taken twice/);
  expect(code).toBe(0);
});

test('slow-dependency: nobody waits longer than the deadline, and connections do not pile up', async () => {
  const { code, output } = await drill('slow-dependency', '--seconds', '5', '--reset-timeout', '5s');
  expect(output).toMatch(/✓ while it was slow [1-9]\d* requests failed/);
  expect(output).toMatch(/✓ connections of order: \d+ at most before, \d+ meanwhile, \d+ now/);
  expect(output).toMatch(/✓ taken again \S+ m?s after that/);
  expect(code).toBe(0);
});

test.each([
  [['--bogus'], "Unknown option '--bogus'"],
  [['flood'], 'There is no drill "flood" here; there are breaker, '],
  [['breaker', '--reset-timeout', '1s'], '--reset-timeout "1s": write 2s or longer, such as 5s.'],
])('%j is refused, and says why', async (args, message) => {
  const { code, output } = await drill(...args);
  expect(output).toContain(message);
  expect(code).toBe(2);
});
