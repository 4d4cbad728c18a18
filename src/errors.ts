/** The one error that is the user's to read; everything else is a defect and keeps its stack. */

/** Exit codes of the CLI (see README). */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 129 | 130 | 143;

/** A file that is in the way. */
export interface FileAtFault {
  /** In the target. */
  readonly path: string;
  /** The rest of a sentence about it. */
  readonly reason: string;
}

export interface UserErrorOptions {
  /** What the user can do about it; printed on a line of its own. */
  readonly hint?: string | undefined;
  /** All of them, where the message names the first. */
  readonly files?: readonly FileAtFault[];
  readonly cause?: unknown;
}

export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ExitCode;
  readonly hint: string | undefined;
  readonly files: readonly FileAtFault[];

  constructor(code: ExitCode, message: string, options: UserErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.files = options.files ?? [];
  }
}
