/** Real components for the end-to-end tests: a Docker engine, wherever it comes from. */

import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes sure that an engine runs and has `images`: started by the scripts in COMPONENTS_DIR (by default
 * `../shared/components` from the root of this repository), else the Docker on the PATH.
 * @throws when there is neither.
 */
export async function ensureEngine(images: readonly string[]): Promise<void> {
  const scripts = resolve(root, process.env.COMPONENTS_DIR ?? '../shared/components', 'engine');
  if (await exists(join(scripts, 'engine-up'))) {
    await run(join(scripts, 'engine-up'), { timeout: 300_000 });
    await run(join(scripts, 'engine-images'), [...images], { timeout: 900_000, maxBuffer: 1 << 26 });
    return;
  }
  try {
    await run('docker', ['version'], { timeout: 30_000 });
  } catch {
    throw new Error(
      `Found no Docker engine: ${scripts} has no engine-up and no docker on the PATH answers. Set COMPONENTS_DIR or start Docker.`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
