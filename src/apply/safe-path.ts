import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { look } from '../state/on-disk.ts';
import { unsafe } from '../tree/path.ts';

/**
 * The absolute path of `path` in `root`: every write and delete goes through here, as paths also come from files
 * that others may have written (a lock, a journal).
 * @throws UserError (code 5) when it leaves the root by its name or through a link, belongs to git, or is of the
 *   other kind
 */
export function safePath(root: string, path: string, kind: 'file' | 'folder' = 'file'): string {
  const reason = unsafe(path);
  if (reason) {
    throw new UserError(5, `Refused to write ${JSON.stringify(path)}: ${reason}`);
  }
  // Anything below a folder is blocked where the folder, or one above it, is something else.
  const there = look(root, kind === 'file' ? path : `${path}/-`);
  if (there?.kind === 'blocked') {
    throw new UserError(5, `Refused to write "${path}": it ${there.reason}`);
  }
  return join(root, path);
}
