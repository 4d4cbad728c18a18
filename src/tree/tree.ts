/**
 * The rendered system as data: every path once, with what it holds, who made it and who may change it.
 */

import { UserError } from '../errors.ts';

/**
 * Who a file belongs to after it was written (design: file classes).
 * - `owned`: regenerated; an edit is a reason to eject it.
 * - `once`: the user's from birth. Untouched it follows the spec; with an edit it is never written again.
 * - `merge`: three-way by line.
 * - `keyed`: three-way by key, edited by text splice.
 * - `local`: git-ignored, made on the user's machine, never in a lock.
 */
export type FileClass = 'owned' | 'once' | 'merge' | 'keyed' | 'local';

export interface TreeFile {
  /** The whole text, with LF line ends. */
  readonly content: string;
  readonly mode: 0o644 | 0o755;
  /** The source that made it, such as `base` or `patterns/rest`; for messages only. */
  readonly owner: string;
  readonly class: FileClass;
}

/** Path (relative, `/`-separated) to file, in ascending order of the paths. */
export type FileTree = ReadonlyMap<string, TreeFile>;

/**
 * Builds a tree from files in any order.
 * @throws UserError (code 1) when a path has a second owner; the message names both.
 */
export function treeOf(files: Iterable<readonly [path: string, file: TreeFile]>): FileTree {
  const byPath = new Map<string, TreeFile>();
  for (const [path, file] of files) {
    const other = byPath.get(path);
    if (other) {
      throw new UserError(1, `Two sources own "${path}": ${other.owner} and ${file.owner}`);
    }
    byPath.set(path, file);
  }
  return new Map([...byPath].sort(([a], [b]) => comparePaths(a, b)));
}

/** Compares by code unit, so that the order is the same in every locale. */
export function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
