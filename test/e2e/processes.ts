/** Processes of this machine, by their parents. */

import { succeed } from './commands.ts';

export interface Process {
  readonly pid: number;
  readonly command: string;
}

/** All that a process has started, and what those have started. */
export async function descendantsOf(ancestor: number): Promise<readonly Process[]> {
  const all = await listed();
  const childrenOf = (parent: number): readonly Process[] =>
    all
      .filter((process) => process.parent === parent)
      .flatMap(({ pid, command }) => [{ pid, command }, ...childrenOf(pid)]);
  return childrenOf(ancestor);
}

/** All whose command line holds `text`. */
export async function processesWith(text: string): Promise<readonly Process[]> {
  return (await listed()).filter(({ command }) => command.includes(text));
}

async function listed(): Promise<readonly (Process & { readonly parent: number })[]> {
  const listing = await succeed('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { cwd: '/' });
  return [...listing.matchAll(/^ *(\d+) +(\d+) +(.*)$/gm)].map(([, pid, parent, command = '']) => ({
    pid: Number(pid),
    parent: Number(parent),
    command,
  }));
}

export function isAlive({ pid }: Process): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
