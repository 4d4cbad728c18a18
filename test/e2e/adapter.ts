/** The tests that a generated system has for an adapter, against the real component. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { succeed } from './commands.ts';

export interface AdapterTests {
  /** In the system. */
  readonly folder: string;
  /** Names of the files that are run; all tests of the folder by default. */
  readonly files?: RegExp;
  /** Of those the ones that kill the component: each runs by itself. */
  readonly killing?: readonly string[];
  /** Variables that say where the component is. */
  readonly env: Readonly<Record<string, string>>;
}

/** Runs the test files of a folder of the system, none of whose tests may be skipped. */
export async function expectAdapter(
  system: string,
  { folder, files = /\.test\.ts$/, killing = [], env }: AdapterTests,
): Promise<void> {
  const found = (await readdir(join(system, folder))).filter((name) => files.test(name));
  const together = found.filter((name) => !killing.includes(name));
  expect(together).not.toEqual([]);
  for (const names of [together, ...killing.map((name) => [name])]) {
    const command = ['test', '--', ...names.map((name) => join(folder, name))];
    const output = await succeed('npm', command, { cwd: system, env, limitMs: 600_000 });
    expect(output, names.join()).toMatch(/^ℹ skipped 0$/m);
  }
}
