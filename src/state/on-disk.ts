/** What stands at a path of the target. */

import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { ioError } from '../io-error.ts';
import { type Hash, hashOf } from '../tree/hash.ts';
import { foldersOf } from '../tree/path.ts';

export type OnDisk =
  | {
      readonly kind: 'file';
      /** Absent where the bytes are not UTF-8. */
      readonly text: string | undefined;
      /** Of the bytes. */
      readonly hash: Hash;
      readonly isExecutable: boolean;
    }
  /** Something that is never overwritten; `reason` is the rest of a sentence about the path. */
  | { readonly kind: 'blocked'; readonly reason: string };

/** Path to what stands there; absent where nothing does. */
export type Mine = ReadonlyMap<string, OnDisk>;

/** What stands at each of the paths in `root`, which itself may be missing. */
export function readMine(root: string, paths: readonly string[]): Mine {
  return new Map(
    paths.flatMap((path) => {
      const found = look(root, path);
      return found ? [[path, found] as const] : [];
    }),
  );
}

/** What stands at a path. A link is never followed, wherever it leads. */
export function look(root: string, path: string): OnDisk | undefined {
  for (const folder of foldersOf(path)) {
    const stats = lstatOf(join(root, folder));
    if (!stats) {
      return;
    }
    if (!stats.isDirectory()) {
      const what = stats.isSymbolicLink() ? 'a symbolic link' : 'not a folder';
      return { kind: 'blocked', reason: `lies in "${folder}", which is ${what}` };
    }
  }
  const stats = lstatOf(join(root, path));
  if (stats && !stats.isFile()) {
    return { kind: 'blocked', reason: `is ${stats.isSymbolicLink() ? 'a symbolic link' : 'not a file'}` };
  }
  return stats && readFile(join(root, path), stats);
}

function readFile(path: string, stats: Stats): OnDisk {
  const bytes = bytesOf(path);
  return { kind: 'file', text: decode(bytes), hash: hashOf(bytes), isExecutable: (stats.mode & 0o100) !== 0 };
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw ioError(error, `read "${path}"`);
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return;
  }
}

/** @returns nothing where no entry is */
function lstatOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw ioError(error, `read "${path}"`);
  }
}
