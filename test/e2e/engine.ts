/** A real Docker engine, wherever it comes from. */

import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, succeed } from './commands.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const scripts = resolve(root, process.env.COMPONENTS_DIR ?? '../shared/components', 'engine');

/** Dockerfiles name it in their first line. */
const dockerfileSyntax = 'docker/dockerfile:1';

/**
 * Makes sure that an engine runs and can get the images of generated systems: by the scripts in COMPONENTS_DIR (by
 * default `../shared/components` from the root of this repository), else with the Docker on the PATH.
 * @throws where there is neither
 */
export async function ensureEngine(): Promise<void> {
  await ensureDocker();
  if (!(await exists(join(scripts, 'engine-images')))) return;
  const images: Record<string, string> = JSON.parse(
    await readFile(join(root, 'templates/images.json'), 'utf8'),
  );
  const copy = await writableCopy(scripts);
  try {
    await succeed(join(copy, 'engine-images'), [...Object.values(images), dockerfileSyntax], {
      cwd: root,
      limitMs: 1_200_000,
    });
  } finally {
    await rm(copy, { recursive: true });
  }
}

/** The same without the images. */
export async function ensureDocker(): Promise<void> {
  if (await exists(join(scripts, 'engine-up'))) {
    await succeed(join(scripts, 'engine-up'), [], { cwd: root });
    return;
  }
  const docker = await run('docker', ['version'], { cwd: root, limitMs: 60_000 }).catch(() => undefined);
  if (docker?.code === 0) return;
  throw new Error(
    `Found no Docker engine: ${scripts} has no engine-up and no docker on the PATH answers. Set COMPONENTS_DIR or start Docker.`,
  );
}

/** Files keep their modes in an image: those of a folder that is read-only here could not be changed there either. */
async function writableCopy(folder: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'create-msvc-engine-'));
  await succeed('cp', ['-r', `${folder}/.`, copy], { cwd: root });
  await succeed('chmod', ['-R', 'u+w', copy], { cwd: root });
  return copy;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
