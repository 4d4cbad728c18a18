/** Generates the default system with the built command, installs it and plays its demo; removes it whatever happens. */

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const name = 'shop';

/** The shell's exit codes of those who end us: 128 + the signal's number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
let interruptedBy: keyof typeof exitCodes | undefined;
let running: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interruptedBy ??= signal;
    if (running !== undefined) signalGroup(running, signal);
  });
}

const folder = await mkdtemp(join(tmpdir(), 'create-msvc-demo-'));
// The embedded PostgreSQL runs as another account where we are root, and keeps its data inside only if it can enter.
await chmod(folder, 0o755);
const system = join(folder, name);
const generator = join(root, 'bin/create-msvc.js');
const steps = [
  { title: 'Building the generator', command: ['npm', 'run', '--silent', 'build'], cwd: root },
  {
    title: `Generating ${system}`,
    command: [process.execPath, generator, name, '--yes', '--no-install', '--no-git', '--quiet'],
    cwd: folder,
  },
  {
    title: 'Installing its packages',
    command: ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error'],
    cwd: system,
  },
  { title: 'Playing its demo', command: ['npm', 'run', '--silent', 'demo'], cwd: system },
] as const;

try {
  for (const { title, command, cwd } of steps) {
    if (interruptedBy) break;
    console.log(`\n=== ${title}`);
    const code = await run(command, cwd);
    process.exitCode = code;
    if (code !== 0) break;
  }
} finally {
  // What npm had started may write for a moment after npm itself has gone.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
if (interruptedBy) process.exitCode = exitCodes[interruptedBy];
else if (process.exitCode !== 0) console.error(`\nThe demo has failed; ${folder} is removed.`);

/** Runs a command with its output on ours, in a group of its own: so Ctrl-C reaches it once, from here. */
async function run([file, ...args]: readonly [string, ...string[]], cwd: string): Promise<number> {
  // Windows has no groups; there Ctrl-C reaches everything that shares the console.
  const detached = process.platform !== 'win32';
  const child = execa(file, args, {
    cwd,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    detached,
    reject: false,
  });
  running = child.pid;
  const { exitCode, failed, originalMessage } = await child;
  running = undefined;
  if (failed && exitCode === undefined && !interruptedBy) console.error(originalMessage);
  return exitCode ?? 1;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
