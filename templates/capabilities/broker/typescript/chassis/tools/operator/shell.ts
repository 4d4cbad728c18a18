import { type Running, runningSystem } from '../running.ts';
import { print } from '../terminal.ts';

/** What an operator's command gets of the shell it is called from. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The system that runs on this machine. */
  running(): Promise<Running | undefined>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** A line of the result. */
  print(line: string): void;
  /** Why there is none. */
  complain(message: string): void;
}

/** That of this process. */
export function shellOf(signal: AbortSignal): Shell {
  const complain = (message: string) => void process.stderr.write(`${message}\n`);
  return { env: process.env, running: () => runningSystem(), signal, print, complain };
}
