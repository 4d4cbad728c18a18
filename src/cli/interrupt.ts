/** SIGINT and SIGTERM as an abort of the run, so that every stage ends cleanly and the exit code tells of it. */

import { UserError } from '../errors.ts';

/** Ctrl-C, at a prompt or elsewhere. */
export function interrupted(): UserError {
  return interruption(130);
}

/** Input that ended at a question: nobody is there to answer it. */
export function inputEnded(): UserError {
  return new UserError(130, 'The input ended before the question was answered: nothing was written');
}

/** The end of a run that was interrupted before its files were in place: then all is as before. */
function interruption(code: 130 | 143): UserError {
  return new UserError(code, 'Interrupted: nothing was written');
}

/** The same, once the files are in place. Any other error as it is. */
export function afterWriting(error: unknown, hint: string): unknown {
  if (!(error instanceof UserError) || (error.code !== 130 && error.code !== 143)) return error;
  return new UserError(error.code, 'Interrupted: the files are complete, what follows is not', { hint });
}

const codes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Listens once: a second signal ends the process at once, and the next run cleans up. */
export function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of Object.entries(codes)) {
    process.once(name, () => {
      // Prompts and execa listen too, and would end the process where they find themselves the last to do so.
      process.removeAllListeners(name);
      controller.abort(interruption(code));
    });
  }
  return controller.signal;
}
