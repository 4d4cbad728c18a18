/** Before all tests: packs this repository once, and installs the tarball as `npx` would. After them removes everything. */

import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { succeed } from './commands.ts';
import { onInterrupt } from './interrupt.ts';

export interface Tarball {
  readonly path: string;
  /** A folder where the tarball, and nothing else, is installed. */
  readonly home: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    tarball: Tarball;
  }
}

// What was started in it may write for a moment after it was ended.
const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 500 };

const root = fileURLToPath(new URL('../..', import.meta.url));

export default async function pack(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'create-msvc-e2e-'));
  await chmod(folder, 0o755);
  onInterrupt(() => rmSync(folder, removal));
  await succeed('npm', ['pack', '--pack-destination', folder], { cwd: root });
  const [name = ''] = await readdir(folder);
  const path = join(folder, name);
  const home = join(folder, 'home');
  await mkdir(home);
  await succeed('npm', ['init', '--yes'], { cwd: home });
  await succeed('npm', ['install', '--no-audit', '--no-fund', path], { cwd: home });
  project.provide('tarball', { path, home });
  return () => rm(folder, removal);
}
