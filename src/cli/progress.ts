/** Progress on stderr: one line per step, with a check mark and its time. */

import { coloursFor, type Terminal } from './terminal.ts';

export interface Progress {
  /**
   * Runs a step. `doing` is shown while it runs where a terminal can take it back, `done` when it has ended; a step
   * that returns null from `done` leaves no line.
   */
  step<T>(doing: string, done: (result: T) => string | null, work: () => Promise<T> | T): Promise<T>;
}

export interface ProgressOptions {
  readonly quiet: boolean;
}

export function progressOn({ stderr, env }: Terminal, { quiet }: ProgressOptions): Progress {
  const colours = coloursFor(stderr, env);
  const isLive = !quiet && stderr.isTTY === true && env.TERM !== 'dumb';
  const clear = () => isLive && stderr.write('\r\u001b[K');
  return {
    async step(doing, done, work) {
      const startedAt = performance.now();
      if (isLive) stderr.write(`${colours.dim('…')} ${doing}`);
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work();
      } catch (error) {
        clear();
        throw error;
      }
      clear();
      const line = done(result);
      const time = colours.dim(duration(performance.now() - startedAt));
      if (!quiet && line !== null) stderr.write(`${colours.green('✔')} ${line} ${time}\n`);
      return result;
    },
  };
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
