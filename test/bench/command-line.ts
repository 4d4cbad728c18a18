/** How long the CLI takes, against a generator that is known to be quick and against Node's own start. */

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compareInTurn } from './pairs.ts';
import { type Row, ratioRow } from './table.ts';

const CREATE_ROUNDS = 21;
const HELP_ROUNDS = 41;

/** Creates the default system and its yardstick's simplest project, in `home`, where both are installed. */
export async function measureCreate(home: string): Promise<Row> {
  const ours = ['shop', '--yes', '--no-install', '--no-git'];
  const comparison = await compareInTurn(CREATE_ROUNDS, {
    a: () => generate(home, 'create-msvc', ours),
    b: () => generate(home, 'create-vite', ['app', '--template', 'vanilla-ts', '--no-interactive']),
  });
  const { a, b } = comparison;
  return ratioRow({
    name: 'create the default system / create-vite',
    comparison,
    target: { atMost: 2 },
    detail: `${a.toFixed(0)} ms / ${b.toFixed(0)} ms`,
  });
}

/** `--help` against a Node that does nothing. */
export async function measureHelp(home: string): Promise<Row> {
  const program = binOf(home, 'create-msvc');
  const comparison = await compareInTurn(HELP_ROUNDS, {
    a: () => timeNode([program, '--help'], home),
    b: () => timeNode(['-e', '0'], home),
  });
  const { a, b } = comparison;
  return ratioRow({
    name: '--help / node -e 0',
    comparison,
    target: { atMost: 1.5 },
    detail: `${a.toFixed(0)} ms / ${b.toFixed(0)} ms`,
  });
}

function generate(home: string, name: string, args: readonly string[]): number {
  const milliseconds = timeNode([binOf(home, name), ...args], home);
  rmSync(join(home, args[0] ?? ''), { recursive: true });
  return milliseconds;
}

/** The program itself: what npx or a shell adds is the same for all. */
function binOf(home: string, name: string): string {
  const folder = join(home, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, bin[name]);
}

function timeNode(args: readonly string[], cwd: string): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  const milliseconds = performance.now() - begun;
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}:\n${stderr}`);
  return milliseconds;
}
