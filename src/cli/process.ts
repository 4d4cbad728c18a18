/** Runs another program to its end, without a terminal of its own: it can print nothing and ask nothing. */

export interface Finished {
  readonly isDone: boolean;
  /** The program is not installed. */
  readonly isMissing: boolean;
  /** stdout and stderr in the order of arrival. */
  readonly output: string;
}

export interface ProcessOptions {
  readonly cwd: string;
  /** Replaces the environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Ends with what came of it; throws the signal's reason once that is aborted. */
export async function runProcess(
  file: string,
  args: readonly string[],
  { cwd, env, signal }: ProcessOptions,
): Promise<Finished> {
  const { execa } = await import('execa');
  const result = await execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 5000,
  });
  signal.throwIfAborted();
  return { isDone: !result.failed, isMissing: result.code === 'ENOENT', output: result.all };
}
