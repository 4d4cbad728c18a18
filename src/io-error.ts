/** What the operating system refused, as a sentence. */

import { type ExitCode, UserError } from './errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'a part of its path is missing',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  EXDEV: 'it lies on two file systems',
};

/**
 * An error of the operating system as `Cannot <action>: <reason>` (code 1, or 5 where the path itself is at fault);
 * any other error as it is.
 */
export function ioError(error: unknown, action: string): unknown {
  if (
    error instanceof UserError ||
    !(error instanceof Error) ||
    !('code' in error) ||
    !('syscall' in error)
  ) {
    return error;
  }
  const code: ExitCode = hasCode(error, 'ENOTDIR', 'ELOOP') ? 5 : 1;
  return new UserError(code, `Cannot ${action}: ${reasons[String(error.code)] ?? String(error.code)}`, {
    cause: error,
  });
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
