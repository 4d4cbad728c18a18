/** What follows the writing: packages and the first commit. A task that fails leaves the files as they are. */

import { runProcess } from './process.ts';
import type { Terminal } from './terminal.ts';

export interface TaskResult {
  readonly status: 'done' | 'skipped' | 'failed';
  /** Of one that failed: what it lacked, or what the program printed last. */
  readonly reason: string | null;
}

export interface TaskOptions {
  readonly root: string;
  readonly terminal: Terminal;
}

const done: TaskResult = { status: 'done', reason: null };

/** Without a network npm would wait for more than a minute for each package that is optional. */
const impatient = [
  '--prefer-offline',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

/** `npm install`, its output kept for the case that it fails. */
export async function installPackages({ root, terminal }: TaskOptions): Promise<TaskResult> {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...impatient];
  const { isDone, isMissing, output } = await runProcess('npm', args, {
    cwd: root,
    env: terminal.env,
    signal: terminal.signal,
  });
  if (isDone) return done;
  return failed(isMissing ? 'npm is not installed' : lastLines(output));
}

/**
 * A repository with one commit of everything. Skipped in a work tree, whose owner commits. Where git does not know who
 * commits, all is ready for the commit. Signing and hooks could ask a question, so they are left out.
 */
export async function commitAll({ root, terminal }: TaskOptions): Promise<TaskResult> {
  const git = (args: readonly string[]) =>
    runProcess('git', args, { cwd: root, env: gitEnvironment(terminal), signal: terminal.signal });
  const inside = await git(['rev-parse', '--is-inside-work-tree']);
  if (inside.isMissing) return failed('git is not installed');
  if (inside.isDone) return { status: 'skipped', reason: null };
  const branch = await git(['config', 'init.defaultBranch']);
  const identity = await git(['var', 'GIT_COMMITTER_IDENT']);
  const steps = [
    ['init', '--quiet', ...(branch.isDone ? [] : ['--initial-branch=main'])],
    ['add', '--all'],
    [
      '-c',
      'commit.gpgSign=false',
      'commit',
      '--quiet',
      '--no-verify',
      '--message',
      'Generate the system with create-msvc',
    ],
  ];
  for (const args of identity.isDone ? steps : steps.slice(0, 2)) {
    const { isDone, output } = await git(args);
    if (!isDone) return failed(lastLines(output));
  }
  return identity.isDone ? done : failed('git does not know your name and e-mail address');
}

/** Run in a hook of another repository, git would be told to use that one. */
function gitEnvironment({ env }: Terminal): Terminal['env'] {
  const own = Object.entries(env).filter(
    ([key]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX)$/.test(key),
  );
  return { ...Object.fromEntries(own), GIT_TERMINAL_PROMPT: '0' };
}

function failed(reason: string): TaskResult {
  return { status: 'failed', reason };
}

const mostLines = 15;

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-mostLines).join('\n');
}
