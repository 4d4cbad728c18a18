// The documents of an earlier release, from git.
import { type ExecFileException, execFile } from 'node:child_process';
import { ToolError } from '../../interrupt.ts';
import type { Json } from './schema.ts';

/** The documents that are compared, as paths in contracts/. */
const DOCUMENT = /^(?:asyncapi|openapi\/[^/]+)\.json$/;

/**
 * Whether the folder is in a git repository.
 * @throws ToolError where git does not say so, as when it is missing or distrusts the folder's owner
 */
export async function isRepository(folder: string): Promise<boolean> {
  const { output, problem } = await git(['rev-parse', '--git-dir'], folder);
  if (output !== undefined) return true;
  if (problem.includes('not a git repository')) return false;
  throw new ToolError(`git cannot read this repository: ${problem}`);
}

/** The newest tag behind what is checked out, else the branch main; undefined where there is neither. */
export async function lastRelease(folder: string): Promise<string | undefined> {
  const { output: tag } = await git(['describe', '--tags', '--abbrev=0'], folder);
  if (tag !== undefined) return tag;
  for (const branch of ['main', 'origin/main']) {
    if ((await resolveRef(branch, folder)) !== undefined) return branch;
  }
  return undefined;
}

/** The commit that a tag, a branch or another name of git stands for; undefined where there is none. */
export async function resolveRef(ref: string, folder: string): Promise<string | undefined> {
  return (await git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], folder)).output;
}

/** Path in contracts/ -> document of that commit. */
export async function documentsAt(commit: string, folder: string): Promise<ReadonlyMap<string, Json>> {
  const listed = await read(['ls-tree', '-r', '--name-only', commit, '.'], folder);
  const paths = listed.split('\n').filter((path) => DOCUMENT.test(path));
  const documents = paths.map(async (path) => {
    const text = await read(['show', `${commit}:./${path}`], folder);
    return [path, JSON.parse(text) as Json] as const;
  });
  return new Map(await Promise.all(documents));
}

async function read(args: readonly string[], folder: string): Promise<string> {
  const { output, problem } = await git(args, folder);
  if (output === undefined) throw new ToolError(`git ${args[0]} failed: ${problem}`);
  return output;
}

interface Result {
  /** What it printed; undefined where it failed. */
  readonly output: string | undefined;
  readonly problem: string;
}

function git(args: readonly string[], cwd: string): Promise<Result> {
  const options = { cwd, env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile('git', args, options, (error: ExecFileException | null, stdout, stderr) => {
      const problem = stderr.trim() || (error?.message ?? '');
      resolve({ output: error ? undefined : stdout.trim(), problem });
    });
  });
}
