/** What we last wrote to a folder, as its `.create-msvc/` tells it. */

import { UserError } from '../errors.ts';
import type { Hash } from '../tree/hash.ts';
import { packPath, parsePack } from './base-pack.ts';
import { type LockedFile, lockPath, parseLock } from './lock.ts';
import { look } from './on-disk.ts';

/** The lock, and the texts of the files that are merged. */
export interface Base {
  /** Absent in a folder that we have not written to. */
  readonly version: string | undefined;
  readonly files: ReadonlyMap<string, LockedFile>;
  readonly texts: ReadonlyMap<Hash, string>;
}

export const noBase: Base = { version: undefined, files: new Map(), texts: new Map() };

/**
 * What we last wrote in `root`; nothing where there is no lock.
 * @throws UserError (code 5) when it cannot be read
 */
export function readBase(root: string): Base {
  const lock = stateText(root, lockPath);
  if (lock === undefined) {
    return noBase;
  }
  return { ...parseLock(lock), texts: parsePack(stateText(root, packPath) ?? '') };
}

function stateText(root: string, path: string): string | undefined {
  const found = look(root, path);
  if (found?.kind === 'blocked' || (found && found.text === undefined)) {
    const reason = found.kind === 'blocked' ? found.reason : 'is not a UTF-8 text';
    throw new UserError(5, `Cannot read ${path}: it ${reason}`);
  }
  return found?.text;
}
