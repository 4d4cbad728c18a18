/** The drills that every generated system with a saga brings, as its user runs and watches them. */

import { beforeAll, expect, test } from 'vitest';
import { run } from '../e2e/commands.ts';
import { generateAndInstall } from '../e2e/project.ts';

let folder: string;

beforeAll(async () => {
  folder = await generateAndInstall('shop', { flags: ['--breaker-reset-timeout', '6s'] });
});

const drill = (name: string) => run('npm', ['run', '--silent', 'drill', '--', name], { cwd: folder });

test('breaker: opens after five failures, lets one trial through, and closes', async () => {
  const { code, output } = await drill('breaker');
  expect(output).toContain('✓ open after 5 failed calls');
  expect(output).toContain('✓ 1 call as a trial');
  expect(output).toContain('✓ closed after the trial');
  expect(code).toBe(0);
});

test('poison: what nobody can read is put aside, and nothing else', async () => {
  const { code, output } = await drill('poison');
  expect(output).toContain('✓ 8 of 8 are dead letters');
  expect(output).toContain('✓ 0 other messages are');
  expect(code).toBe(0);
});

test('a drill that is not there is named, with those that are', async () => {
  const { code, output } = await drill('flood');
  expect(output).toContain('There is no drill "flood" here; there are breaker, ');
  expect(code).toBe(1);
});
