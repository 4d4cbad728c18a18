/** Which paths may be written at all, whatever they come from: a template, a name of the user's, a lock file. */

import { UserError } from '../errors.ts';

/** Names that Windows keeps for devices, with any extension. */
const device = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;

/** Characters that macOS ignores in file names, so that `.g\u200cit` is `.git` there. */
const ignorable = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/;

/**
 * Why a path must not be written; nothing when it may. A path is relative, with `/` between its parts, stays in its
 * root, is a file name on every platform, and is not git's own.
 */
export function unsafe(path: string): string | undefined {
  if (path === '' || path.startsWith('/') || /^[A-Za-z]:/.test(path)) {
    return 'it is not a relative path';
  }
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..') {
      return `it has the part "${part}"`;
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\u0000-\u001f\u007f<>:"\\|?*]/.test(part) || ignorable.test(part) || /[. ]$/.test(part)) {
      return 'it has characters that are not allowed on every platform';
    }
    if (device.test(part)) {
      return `"${part}" is a device on Windows`;
    }
    if (/^(\.git|git~\d+)$/i.test(part)) {
      return 'it belongs to git';
    }
  }
  return;
}

/**
 * Refuses a set of paths with an unsafe one, two that differ in case only, or a file that is also a folder.
 * @throws UserError with `code`
 */
export function checkPaths(paths: Iterable<string>, { code, source }: { code: 1 | 5; source: string }): void {
  const all = [...paths];
  const byFolded = new Map<string, string>();
  for (const path of all) {
    const reason = unsafe(path);
    if (reason) {
      throw new UserError(
        code,
        `${source} has the path ${JSON.stringify(path)}, which cannot be written: ${reason}`,
      );
    }
    const other = byFolded.get(fold(path));
    if (other !== undefined) {
      throw new UserError(
        code,
        `${source} has two paths that are one file on some platforms: "${other}" and "${path}"`,
      );
    }
    byFolded.set(fold(path), path);
  }
  for (const path of all) {
    const folder = foldersOf(path).find((parent) => byFolded.has(fold(parent)));
    if (folder !== undefined) {
      throw new UserError(code, `${source} has "${folder}" both as a file and as a folder of "${path}"`);
    }
  }
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** The folders above a path, the outermost first. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
