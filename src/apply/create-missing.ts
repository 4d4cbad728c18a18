/** A target that is missing comes into being by one rename. */

import { lstatSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { UserError } from '../errors.ts';
import { hasCode } from '../io-error.ts';
import type { Change } from '../merge/changes.ts';
import type { Disk } from './disk.ts';
import { foldersFor, type Run, untilNextFile } from './run.ts';
import { discard, makeScratch, sweepScratch } from './scratch.ts';

/** Renders beside the target (beside the first folder that is missing on the way to it), then renames. */
export async function createMissing({ id, root, changes, signal, disk }: Run): Promise<void> {
  const top = topMissing(root);
  const parent = dirname(top);
  sweepScratch(parent, disk);
  const scratch = makeScratch(parent, { id, disk });
  try {
    const tree = join(scratch, 'tree');
    const inner = relative(top, root).split(sep).join('/');
    const files = changes.map((change) => createdFile(change, inner));
    disk.makeFolder(tree);
    for (const folder of foldersFor(files.map(({ path }) => path))) {
      disk.makeFolder(join(tree, folder));
    }
    for (const { path, content, mode } of files) {
      await untilNextFile(signal);
      disk.writeNew(join(tree, path), content, mode === 0o755 ? 0o777 : 0o666);
    }
    await untilNextFile(signal);
    putInPlace(tree, { top, disk });
  } catch (error) {
    discard(scratch, disk);
    throw error;
  }
  discard(scratch, disk);
}

/** The first folder on the way to `path` that is not there. */
function topMissing(path: string): string {
  const parent = dirname(path);
  return lstatSync(parent, { throwIfNoEntry: false }) ? path : topMissing(parent);
}

function createdFile(change: Change, inner: string) {
  if (change.kind !== 'create') {
    throw new UserError(3, `"${change.path}" has gone since this was planned`, {
      hint: 'Run the command again',
    });
  }
  return inner === '' ? change : { ...change, path: `${inner}/${change.path}` };
}

function putInPlace(tree: string, { top, disk }: { top: string; disk: Disk }): void {
  try {
    disk.move(tree, top);
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOTEMPTY', 'ENOTDIR')) {
      throw new UserError(5, `"${top}" appeared while it was being made`, { cause: error });
    }
    throw error;
  }
}
