/**
 * Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) as an abort of the run, so that every stage ends cleanly
 * and the exit code tells of it.
 */

import { UserError } from '../errors.ts';

/** As a shell reports them: 128 and the number of the signal. */
export const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Interruption = (typeof codes)[keyof typeof codes];

/** Ctrl-C, at a prompt or elsewhere. */
export function interrupted(): UserError {
  return interruption(130);
}

/** Input that ended at a question: nobody is there to answer it. */
export function inputEnded(): UserError {
  return new UserError(130, 'The input ended before the question was answered: nothing was written');
}

/** The end of a run that was interrupted before its files were in place: then all is as before. */
function interruption(code: Interruption): UserError {
  return new UserError(code, 'Interrupted: nothing was written');
}

/** The same, once the files are in place. Any other error as it is. */
export function afterWriting(error: unknown, hint: string): unknown {
  const isInterruption = error instanceof UserError && Object.values<number>(codes).includes(error.code);
  if (!isInterruption) return error;
  return new UserError(error.code, 'Interrupted: the files are complete, what follows is not', { hint });
}

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
