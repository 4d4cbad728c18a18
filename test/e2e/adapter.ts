/** The tests that a generated system has for an adapter, against the real component. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { succeed } from './commands.ts';

/**
 * Runs the test files of a folder of the system, none of whose tests may be skipped.
 * @param env variables that say where the component is
 */
export async function expectAdapter(
  system: string,
  { folder, files = /\.test\.ts$/, env }: { folder: string; files?: RegExp; env: Record<string, string> },
): Promise<void> {
  const found = (await readdir(join(system, folder))).filter((name) => files.test(name));
  expect(found).not.toEqual([]);
  // One after the other: some of them kill the component.
  for (const name of found) {
    const command = ['test', '--', join(folder, name)];
    const output = await succeed('npm', command, { cwd: system, env, limitMs: 600_000 });
    expect(output, name).toMatch(/^ℹ skipped 0$/m);
  }
}
