import { UserError } from '../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EXDEV: 'it lies on two file systems',
};

/** What the operating system refused, as one sentence (code 1); any other error as it is. */
export function ioError(error: unknown, target: string): unknown {
  if (error instanceof UserError || !(error instanceof Error) || !('code' in error) || !('syscall' in error)) {
    return error;
  }
  const reason = reasons[String(error.code)] ?? String(error.code);
  return new UserError(1, `Cannot write to "${target}": ${reason}`, { cause: error });
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
