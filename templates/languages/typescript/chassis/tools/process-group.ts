// Processes that end together with all that they have started, and with us.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from './guard.ts';
import { root } from './root.ts';

const STOP_LIMIT_MS = 15_000;

export interface GroupOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdio: SpawnOptions['stdio'];
  readonly guard: Guard;
}

/** Starts a command at the root of the repository, as the head of a group of its own. */
export function startGroup({ command: [file = '', ...args], env, stdio, guard }: GroupOptions): ChildProcess {
  // Ctrl-C and a closing terminal reach only us, and we stop all in order.
  const child = spawn(file, args, { cwd: root, env: env as NodeJS.ProcessEnv, stdio, detached: true });
  const { pid } = child;
  if (pid !== undefined) {
    guard.note({ event: 'started', kind: 'group', pid });
    child.once('exit', () => guard.note({ event: 'ended', kind: 'group', pid }));
  }
  return child;
}

/** Asks the group to end, and after 15 s makes it. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const settled = new AbortController();
  const late = sleep(STOP_LIMIT_MS, 'late', settled).catch(() => undefined);
  signalGroup(child.pid, 'SIGTERM');
  if ((await Promise.race([exited, late])) === 'late') signalGroup(child.pid, 'SIGKILL');
  settled.abort();
  await exited;
  // What it left behind.
  signalGroup(child.pid, 'SIGKILL');
}

/** SIGKILL to all of it, at once. @returns false where it had ended before */
export async function killGroup(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return false;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const isHit = signalGroup(child.pid, 'SIGKILL');
  await exited;
  return isHit;
}

/** Whether there is such a process, also one that is not ours. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether there is such a group; 0 only asks. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    // Windows has no groups.
    return process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    return false;
  }
}
