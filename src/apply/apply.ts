/**
 * Changes -> disk, all or nothing. A missing target is rendered beside its place and renamed once; an existing one
 * is changed file by file with a journal.
 */

import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { ioError } from '../io-error.ts';
import type { Changes } from '../merge/changes.ts';
import { checkPaths } from '../tree/path.ts';
import { changeExisting } from './change-existing.ts';
import { createMissing } from './create-missing.ts';
import { type Disk, realDisk } from './disk.ts';
import { asRun } from './scratch.ts';

export interface ApplyOptions {
  /** The folder that the paths are in; it and those above it may be missing. */
  readonly root: string;
  /** Ends the run between two files: everything is taken back, and the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly disk?: Disk;
}

/**
 * Writes the changes. After any failure the target is as it was, or an open journal is there for `recover`.
 * @throws UserError with code 3 when there are conflicts or a file is not what it was when the changes were planned,
 *   5 when the target is not a folder or another run writes to it, 1 when the operating system refuses
 */
export async function apply(
  changes: Changes,
  { root, signal, disk = realDisk }: ApplyOptions,
): Promise<void> {
  const target = resolve(root);
  if (changes.conflicts.length > 0) {
    throw new UserError(3, `Nothing was written: ${changes.conflicts.length} files have conflicts`, {
      files: changes.conflicts,
    });
  }
  if (changes.changes.length === 0) {
    return;
  }
  checkPaths(
    changes.changes.map(({ path }) => path),
    { code: 5, source: 'This run' },
  );
  try {
    const write = lstatSync(target, { throwIfNoEntry: false }) ? changeExisting : createMissing;
    await asRun((id) => write({ id, root: target, changes: changes.changes, signal, disk }));
  } catch (error) {
    throw ioError(error, `write to "${target}"`);
  }
}
