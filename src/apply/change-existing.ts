/** A target that exists is changed file by file; until the journal is done, everything can be taken back. */

import { existsSync, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { hasCode } from '../io-error.ts';
import type { Change } from '../merge/changes.ts';
import { look } from '../state/on-disk.ts';
import type { Disk } from './disk.ts';
import {
  doneFile,
  type Entry,
  entryOf,
  finish,
  type JournalRecord,
  journalPath,
  newFile,
  oldFile,
  openFile,
  removeIfEmpty,
  rollBack,
} from './journal.ts';
import { foldersFor, type Run, untilNextFile } from './run.ts';
import { safePath } from './safe-path.ts';
import { discard, makeScratch } from './scratch.ts';

export async function changeExisting(run: Run): Promise<void> {
  const { root, disk } = run;
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(5, `"${root}" is not a folder`);
  }
  const written = run.changes.filter(({ kind }) => kind !== 'delete').map(({ path }) => path);
  const folders = foldersFor(written).filter((folder) => !existsSync(join(run.root, folder)));
  await openJournal(run, folders);
  try {
    await moveFiles(run, folders);
    disk.move(join(root, journalPath, openFile), join(root, journalPath, doneFile));
  } catch (error) {
    takeAllBack(error, run);
  }
  try {
    finish(root, disk);
  } catch {
    // Everything is in place; the next run removes the journal.
  }
}

/** Fills a scratch folder with all that the run writes, then makes it the journal: from then on others keep out. */
async function openJournal(
  { id, root, changes, signal, disk }: Run,
  folders: readonly string[],
): Promise<void> {
  const state = safePath(root, '.create-msvc', 'folder');
  let scratch: string | undefined;
  try {
    if (!existsSync(state)) {
      disk.makeFolder(state);
    }
    scratch = makeScratch(state, { id, disk });
    disk.makeFolder(join(scratch, 'new'));
    disk.makeFolder(join(scratch, 'old'));
    const entries: Entry[] = [];
    for (const [index, change] of changes.entries()) {
      await untilNextFile(signal);
      const file = newFile(scratch, index);
      stage(change, { root, file, disk });
      entries.push(entryOf(change, file));
    }
    const record: JournalRecord = { entries, folders };
    disk.writeNew(join(scratch, openFile), JSON.stringify(record), 0o666);
    disk.move(scratch, join(root, journalPath));
  } catch (error) {
    closeUnused({ scratch, state, disk });
    if (hasCode(error, 'EEXIST', 'ENOTEMPTY')) {
      throw new UserError(5, `Another create-msvc is writing to "${root}"`, { cause: error });
    }
    throw error;
  }
}

/** A file that is updated keeps its permissions, and may become executable. */
function stage(change: Change, { root, file, disk }: { root: string; file: string; disk: Disk }): void {
  if (change.kind === 'delete') {
    return;
  }
  disk.writeNew(file, change.content, change.mode === 0o755 ? 0o777 : 0o666);
  const stats = change.kind === 'update' && lstatSync(safePath(root, change.path), { throwIfNoEntry: false });
  if (stats) {
    disk.changeMode(file, (stats.mode & 0o777) | (change.mode === 0o755 ? 0o111 : 0));
  }
}

function closeUnused({
  scratch,
  state,
  disk,
}: {
  scratch: string | undefined;
  state: string;
  disk: Disk;
}): void {
  if (scratch !== undefined) {
    discard(scratch, disk);
  }
  try {
    removeIfEmpty(state, disk);
  } catch {
    // The next run removes it; the error that led here is the one to tell.
  }
}

async function moveFiles({ root, changes, signal, disk }: Run, folders: readonly string[]): Promise<void> {
  for (const change of changes) {
    refuseChanged(root, change);
  }
  for (const folder of folders) {
    const path = safePath(root, folder, 'folder');
    if (!existsSync(path)) {
      disk.makeFolder(path);
    }
  }
  const journal = join(root, journalPath);
  for (const [index, change] of changes.entries()) {
    await untilNextFile(signal);
    const path = safePath(root, change.path);
    if (change.kind !== 'create') {
      disk.move(path, oldFile(journal, index));
    }
    if (change.kind !== 'delete') {
      disk.move(newFile(journal, index), path);
    }
  }
  await untilNextFile(signal);
}

function refuseChanged(root: string, change: Change): void {
  const there = look(root, change.path);
  const hash = there?.kind === 'file' ? there.hash : there?.kind;
  if (hash !== change.was) {
    const reason = 'was changed while this run was planned';
    throw new UserError(3, `"${change.path}" ${reason}`, {
      hint: 'Run the command again',
      files: [{ path: change.path, reason }],
    });
  }
}

function takeAllBack(error: unknown, { root, disk }: Run): never {
  try {
    rollBack(root, disk);
  } catch (again) {
    throw new UserError(1, `Cannot write to "${root}", and not take back what was written`, {
      hint: 'The next run in this folder takes it back',
      cause: new AggregateError([error, again]),
    });
  }
  throw error;
}
