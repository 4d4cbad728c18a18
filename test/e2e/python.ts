/** Programs in Python, with packages of their own. */

import { join } from 'node:path';
import { succeed } from './commands.ts';

/** Makes an environment beside the system in `folder`. @returns the path of its interpreter */
export async function pythonWith(folder: string, packages: readonly string[]): Promise<string> {
  const environment = join(folder, '..', 'python');
  const python = join(environment, 'bin', 'python');
  await succeed('python3', ['-m', 'venv', environment], { cwd: folder });
  await succeed(python, ['-m', 'pip', 'install', '--quiet', ...packages], { cwd: folder });
  return python;
}
