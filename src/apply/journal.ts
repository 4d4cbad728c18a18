/**
 * The journal of a run that changes an existing folder: `.create-msvc/journal/` holds the new files before they are
 * put in place (`new/`) and the old ones after they were taken away (`old/`), under the number of their change. From
 * where a file lies follows how far the run came, so rolling back can itself be interrupted and done again.
 *
 *     scratch folder, filled -> renamed to `journal` (open) -> files moved -> `open.json` renamed (done) -> removed
 */

import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { hasCode } from '../io-error.ts';
import type { Change } from '../merge/changes.ts';
import { look } from '../state/on-disk.ts';
import { type Hash, hashOf } from '../tree/hash.ts';
import { checkPaths, foldersOf } from '../tree/path.ts';
import type { Disk } from './disk.ts';
import { safePath } from './safe-path.ts';

export const journalPath = '.create-msvc/journal';
export const openFile = 'open.json';
export const doneFile = 'done.json';

/** One change, as far as taking it back needs it. */
export interface Entry {
  readonly kind: Change['kind'];
  readonly path: string;
  /** Of the new content; absent for a deletion. */
  readonly hash?: Hash;
  /**
   * Of the new file, which keeps it when it is put in place; absent for a deletion. Whoever makes up a journal can know
   * what a file holds, but not this.
   */
  readonly inode?: number;
}

export interface JournalRecord {
  readonly entries: readonly Entry[];
  /** Folders that the run makes, the outer ones first. */
  readonly folders: readonly string[];
}

/** @param staged the new file, unless it is a deletion */
export function entryOf(change: Change, staged: string): Entry {
  const { kind, path } = change;
  if (change.kind === 'delete') return { kind, path };
  return { kind, path, hash: hashOf(change.content), inode: lstatSync(staged).ino };
}

export function oldFile(journal: string, index: number): string {
  return join(journal, 'old', String(index));
}

export function newFile(journal: string, index: number): string {
  return join(journal, 'new', String(index));
}

/**
 * Takes back what an open journal in `root` tells of, and removes the journal.
 * @throws UserError (code 5) when a file was changed since, and would be lost
 */
export function rollBack(root: string, disk: Disk): void {
  const journal = join(root, journalPath);
  const { entries, folders } = readRecord(join(journal, openFile));
  checkPaths(
    entries.map(({ path }) => path),
    { code: 5, source: journalPath },
  );
  for (const [index, entry] of entries.entries()) {
    refuseEdited(root, { entry, journal, index });
  }
  for (const [index, entry] of entries.entries()) {
    takeBack(root, { entry, journal, index }, disk);
  }
  for (const folder of folders.toReversed()) {
    removeIfEmpty(safePath(root, folder, 'folder'), disk);
  }
  // From here on the journal tells of nothing, however far its removal comes.
  disk.removeFile(join(journal, openFile));
  removeJournal(root, disk);
}

/** Removes the folders that a finished run left empty, and its journal. */
export function finish(root: string, disk: Disk): void {
  const { entries } = readRecord(join(root, journalPath, doneFile));
  for (const { path } of entries.filter(({ kind }) => kind === 'delete')) {
    for (const folder of foldersOf(path).reverse()) {
      removeIfEmpty(safePath(root, folder, 'folder'), disk);
    }
  }
  removeJournal(root, disk);
}

/** Removes a journal that tells of nothing, and our own folder if there is nothing else in it. */
export function removeJournal(root: string, disk: Disk): void {
  disk.removeTree(join(root, journalPath));
  removeIfEmpty(dirname(join(root, journalPath)), disk);
}

/** Leaves a folder with content alone, also one that could not be removed: a read-only system can be looked at. */
export function removeIfEmpty(folder: string, disk: Disk): void {
  try {
    if (readdirSync(folder).length === 0) disk.removeFolder(folder);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) {
      throw error;
    }
  }
}

interface Numbered {
  readonly entry: Entry;
  readonly journal: string;
  readonly index: number;
}

/** Whether the change had begun: its new file is in place, or its old one is taken away. */
function hasBegun({ entry, journal, index }: Numbered): boolean {
  return (
    existsSync(oldFile(journal, index)) || (entry.kind === 'create' && !existsSync(newFile(journal, index)))
  );
}

function refuseEdited(root: string, numbered: Numbered): void {
  const { path, hash, inode } = numbered.entry;
  const there = look(root, path);
  const isOurs =
    there?.kind === 'file' && there.hash === hash && lstatSync(safePath(root, path)).ino === inode;
  if (there && hasBegun(numbered) && !isOurs) {
    throw new UserError(5, `Cannot take back an interrupted run: "${path}" was changed after it`, {
      hint: `Move your version away and run again, or delete ${journalPath} to keep things as they are`,
      files: [{ path, reason: 'was changed after an interrupted run' }],
    });
  }
}

function takeBack(root: string, numbered: Numbered, disk: Disk): void {
  if (!hasBegun(numbered)) {
    return;
  }
  const { entry, index } = numbered;
  const path = safePath(root, entry.path);
  if (entry.kind !== 'create') {
    // Through a link that somebody put there, it would be taken from elsewhere.
    disk.move(safePath(root, `${journalPath}/old/${index}`), path);
  } else if (existsSync(path)) {
    disk.removeFile(path);
  }
}

function readRecord(file: string): JournalRecord {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as JournalRecord;
    if (record.entries.every(isEntry) && record.folders.every((folder) => typeof folder === 'string')) {
      return record;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  throw unreadable(file);
}

function isEntry({ kind, path, hash, inode }: Entry): boolean {
  const isKind = kind === 'create' || kind === 'update' || kind === 'delete';
  const isNew = typeof hash === 'string' && typeof inode === 'number';
  return isKind && typeof path === 'string' && (kind === 'delete' || isNew);
}

function unreadable(file: string, cause?: unknown): UserError {
  return new UserError(5, `Cannot read the journal of an interrupted run: "${file}"`, {
    hint: `Compare the folder with your last commit, then delete ${journalPath}`,
    cause,
  });
}
