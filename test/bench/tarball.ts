/** This package as it is published, installed where nothing else is. */

import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeed } from '../e2e/commands.ts';

export interface Tarball {
  readonly path: string;
  /** The folder that it is installed in. */
  readonly home: string;
  remove(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packs this repository, which builds it, and installs the tarball. */
export async function packAndInstall(): Promise<Tarball> {
  const folder = await mkdtemp(join(tmpdir(), 'create-msvc-bench-'));
  // The embedded PostgreSQL runs as another account where we are root, and must be able to enter.
  await chmod(folder, 0o755);
  await succeed('npm', ['pack', '--pack-destination', folder], { cwd: root });
  const [name = ''] = await readdir(folder);
  const path = join(folder, name);
  const home = join(folder, 'home');
  await mkdir(home);
  await succeed('npm', ['init', '--yes'], { cwd: home });
  await install(home, path);
  return { path, home, remove: () => rm(folder, { recursive: true, maxRetries: 10, retryDelay: 500 }) };
}

/** Installs a package, named or packed, in `folder`. */
export async function install(folder: string, ...packages: readonly string[]): Promise<void> {
  await succeed('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
}
