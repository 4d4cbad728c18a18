/** Whether the tests that need a Docker engine find one, and what they say where there is none. */

import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { emptyFolder, fill } from './lifecycle/folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const engine = pathToFileURL(join(root, 'test/e2e/engine.ts'));
const program = `
  import { ensureDocker } from '${engine}';
  await ensureDocker().then(() => console.log('found'), ({ message }) => console.log(message));
`;

/** Looks for an engine where these programs are all that there is. @returns what it says */
function lookFor(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = emptyFolder();
  fill(folder, programs);
  for (const path of Object.keys(programs)) chmodSync(join(folder, path), 0o755);
  const env = { PATH: join(folder, 'bin'), COMPONENTS_DIR: folder };
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  return new Promise((resolve, reject) =>
    execFile(process.execPath, args, { cwd: root, env }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim().replaceAll(folder, 'COMPONENTS')),
    ),
  );
}

const sentence =
  'Found no Docker engine: COMPONENTS/engine has no engine-up and no docker on the PATH answers. Set COMPONENTS_DIR or start Docker.';

it.each<[where: string, programs: Readonly<Record<string, string>>, says: string]>([
  ['nothing is there', {}, sentence],
  ['docker has no engine that answers', { 'bin/docker': '#!/bin/sh\nexit 1\n' }, sentence],
  ['docker answers', { 'bin/docker': '#!/bin/sh\n' }, 'found'],
  ['a script starts one', { 'engine/engine-up': '#!/bin/sh\n' }, 'found'],
])('where %s', async (_where, programs, says) => {
  expect(await lookFor(programs)).toBe(says);
});
