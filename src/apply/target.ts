import { accessSync, constants, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError, type UserErrorOptions } from '../errors.ts';
import { ioError } from '../io-error.ts';
import { lockPath } from '../state/lock.ts';

/** What a new system may find in its folder (design: all or nothing). */
const allowed = new Set(['.git', '.gitattributes', 'LICENSE', '.idea', '.vscode']);

/**
 * Refuses a folder that a new system cannot be made in. Call `recover` before.
 * @throws UserError: code 5 that names the content that is in the way, or what is on its path and no folder; 1 where
 *   nothing may be written
 */
export function requireFreeTarget(root: string): void {
  const others = contentOf(root).filter((name) => !allowed.has(name));
  if (others.includes('.create-msvc') && lstatSync(join(root, lockPath), { throwIfNoEntry: false })) {
    throw refused(root, {
      reason: 'there is a generated system already',
      hint: 'Change it with "create-msvc add <pattern>" there, or choose another folder',
    });
  }
  if (others.length > 0) {
    const named = others.slice(0, 3).join(', ') + (others.length > 3 ? ` and ${others.length - 3} more` : '');
    throw refused(root, {
      reason: `it is not empty (${named})`,
      hint: 'Choose another folder',
      files: others.map((path) => ({ path, reason: 'is there already' })),
    });
  }
  requireWritable(root);
}

/** What the operating system tells only of an attempt, such as a full disk, is left to the writing. */
function requireWritable(root: string): void {
  try {
    accessSync(firstThere(root), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw ioError(error, `write to "${root}"`);
  }
}

/** The path, or the nearest above it that is there. */
function firstThere(path: string): string {
  return lstatSync(path, { throwIfNoEntry: false }) ? path : firstThere(dirname(path));
}

/** The names in the folder; none where it is missing. */
function contentOf(root: string): string[] {
  try {
    if (!lstatSync(root, { throwIfNoEntry: false })) {
      return [];
    }
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
      return readdirSync(root);
    }
  } catch (error) {
    throw ioError(error, `create "${root}"`);
  }
  throw refused(root, { reason: 'it is there and is not a folder' });
}

function refused(root: string, { reason, ...options }: UserErrorOptions & { reason: string }): UserError {
  return new UserError(5, `Cannot create "${root}": ${reason}`, options);
}
