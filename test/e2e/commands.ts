/** Runs the commands that a user types, and keeps what they print. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { onInterrupt } from './interrupt.ts';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that takes longer is killed, and fails. */
  readonly limitMs?: number;
}

export interface Result {
  readonly code: number;
  /** stdout and stderr in the order of arrival. */
  readonly output: string;
}

/** Runs a command to its end. */
export async function run(
  file: string,
  args: readonly string[],
  { limitMs = 600_000, ...options }: CommandOptions,
): Promise<Result> {
  const command = start(file, args, options);
  const timer = setTimeout(() => command.signal('SIGKILL'), limitMs);
  const code = await command.ended.finally(() => clearTimeout(timer));
  return { code, output: command.output() };
}

/** Runs a command that has to succeed; fails with its output. @returns the output */
export async function succeed(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { code, output } = await run(file, args, options);
  if (code !== 0) throw new Error(`${[file, ...args].join(' ')} exited with ${code}:\n${output}`);
  return output;
}

export interface Command {
  readonly pid: number;
  /** The exit code; -1 where a signal ended it. */
  readonly ended: Promise<number>;
  output(): string;
  /** Reaches everything that the command has started in its group, as a terminal's Ctrl-C does. */
  signal(signal: NodeJS.Signals): void;
}

/** Starts a command that goes on until it ends or is ended. */
export function start(file: string, args: readonly string[], { cwd, env }: CommandOptions): Command {
  const child = spawn(file, args, {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid = noProcess } = child;
  if (pid !== noProcess) groups.add(pid);
  const chunks = collect(child);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      groups.delete(pid);
      resolve(code ?? -1);
    });
  });
  ended.catch(() => {}); // Whoever waits for it is told.
  return { pid, ended, output: () => chunks.join(''), signal: (signal) => signalGroup(pid, signal) };
}

function collect({ stdout, stderr }: ChildProcessByStdio<null, Readable, Readable>): readonly string[] {
  const chunks: string[] = [];
  for (const stream of [stdout, stderr]) stream.setEncoding('utf8').on('data', (text) => chunks.push(text));
  return chunks;
}

/** Without what would configure a generated system, or tell it that it runs in a test. */
const inherited = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(NODE_ENV|NODE_OPTIONS|VITEST.*|PORT|DATABASE_URL|BROKER_URL|COMPOSE_.*)$/.test(name),
    ),
  ),
  CI: 'true',
  NO_COLOR: '1',
};

// Groups of their own are out of reach of a Ctrl-C that ends us.
const groups = new Set<number>();
onInterrupt((signal) => {
  for (const pid of groups) signalGroup(pid, signal);
});

/** Of a program that is not there. */
const noProcess = -1;

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (pid === noProcess) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
