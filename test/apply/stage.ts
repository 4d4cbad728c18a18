import { join } from 'node:path';
import { emptyFolder, fill } from '../lifecycle/folder.ts';
import type { Scenario } from './scenarios.ts';

/** Makes a scenario's files in a new folder. */
export function stage({ files, target }: Scenario): { folder: string; root: string } {
  const folder = fill(emptyFolder(), files);
  return { folder, root: join(folder, target) };
}
