/**
 * The writing operations that `apply` uses, so that a test can let any one of them fail. They are synchronous: a
 * signal is seen between two files, never in the middle of one.
 *
 * Nothing is flushed to the device: a process that is killed loses no write that it made, and for a power failure
 * the files would have to be flushed one by one, which takes longer than all the rest.
 */

import { chmodSync, mkdirSync, renameSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';

export interface Disk {
  makeFolder(path: string): void;
  /** Fails where something is. `mode` is lessened by the umask. */
  writeNew(path: string, content: string, mode: number): void;
  changeMode(path: string, mode: number): void;
  /** Atomic within one file system; replaces a file, fails on a folder with content. */
  move(from: string, to: string): void;
  removeFile(path: string): void;
  /** Fails on a folder with content. */
  removeFolder(path: string): void;
  removeTree(path: string): void;
}

export const realDisk: Disk = {
  makeFolder: (path) => mkdirSync(path),
  writeNew: (path, content, mode) => writeFileSync(path, content, { flag: 'wx', mode }),
  changeMode: chmodSync,
  move: renameSync,
  removeFile: unlinkSync,
  removeFolder: rmdirSync,
  removeTree: (path) => rmSync(path, { recursive: true }),
};
