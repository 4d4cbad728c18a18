/** Ends what an earlier run left unfinished: the first thing that every run does to its target. */

import { existsSync, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { ioError } from '../io-error.ts';
import { type Disk, realDisk } from './disk.ts';
import {
  doneFile,
  finish,
  journalPath,
  openFile,
  removeIfEmpty,
  removeJournal,
  rollBack,
} from './journal.ts';
import { runningOwner, sweepScratch } from './scratch.ts';

/**
 * Rolls an open journal in `root` back and removes what killed runs left there. Does nothing where `root` is missing,
 * or is not a folder.
 * @throws UserError (code 5) when another run is writing there, or a file was changed since the interrupted one
 */
export function recover(root: string, disk: Disk = realDisk): void {
  const state = join(root, '.create-msvc');
  try {
    const isFolder = statSync(root, { throwIfNoEntry: false })?.isDirectory();
    if (!isFolder || !lstatSync(state, { throwIfNoEntry: false })?.isDirectory()) {
      return;
    }
    sweepScratch(state, disk);
    recoverJournal(root, disk);
    removeIfEmpty(state, disk);
  } catch (error) {
    throw ioError(error, `write to "${root}"`);
  }
}

function recoverJournal(root: string, disk: Disk): void {
  const journal = join(root, journalPath);
  const stats = lstatSync(journal, { throwIfNoEntry: false });
  if (!stats) {
    return;
  }
  if (!stats.isDirectory()) {
    throw new UserError(5, `${journalPath} is not a folder`, { hint: 'Delete it' });
  }
  const pid = runningOwner(journal);
  if (pid !== undefined) {
    throw new UserError(5, `Another create-msvc (process ${pid}) is writing to "${root}"`);
  }
  if (existsSync(join(journal, openFile))) {
    rollBack(root, disk);
  } else if (existsSync(join(journal, doneFile))) {
    finish(root, disk);
  } else {
    removeJournal(root, disk);
  }
}
