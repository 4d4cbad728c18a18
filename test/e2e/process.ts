/** Runs the commands that a user types, and keeps what they print. */

import { type ChildProcess, spawn } from 'node:child_process';

export interface Result {
  readonly code: number;
  /** stdout and stderr in the order of arrival. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

const ENVIRONMENT = { CI: 'true', NO_COLOR: '1' };

/** Runs a command to its end; a command that takes longer than the limit is killed and fails. */
export function run(file: string, args: readonly string[], options: CommandOptions): Promise<Result> {
  const { cwd, env, limitMs = 600_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...ENVIRONMENT, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, output });
    });
  });
}

/** Runs a command that has to succeed; fails with its output. */
export async function succeed(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { code, output } = await run(file, args, options);
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} exited with ${code}:\n${output}`);
  return output;
}

export interface Background {
  readonly pid: number;
  output(): string;
  /** Ctrl-C, then the end of the process. */
  stop(): Promise<number>;
}

/** Starts a command that goes on until it is stopped. */
export function start(file: string, args: readonly string[], { cwd, env }: CommandOptions): Background {
  const child: ChildProcess = spawn(file, args, {
    cwd,
    env: { ...process.env, ...ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return {
    pid: child.pid ?? -1,
    output: () => output,
    stop() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** Polls until `condition` gives a value; fails naming `what` when it has not within the limit. */
export async function until<T>(
  condition: () => Promise<T | undefined | false>,
  { what, limitMs }: { what: () => string; limitMs: number },
): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const value = await condition().catch(() => undefined);
    if (value) return value;
    if (performance.now() > giveUpAt) throw new Error(`Not within ${limitMs / 1000} s: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
