// `npm test`: every test of chassis, contracts and services on a real PostgreSQL that is there for this run
// only. With DATABASE_URL, an administrator's, that server is used; each test makes its own database there.
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Guard, startGuard } from './guard.ts';
import { runTool, ToolError } from './interrupt.ts';
import { endGroup, startGroup } from './process-group.ts';
import { root } from './root.ts';
import { environment } from './setup.ts';
import { startGuarded } from './stack.ts';

await runTool(async (signal) => {
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : await findTests();
  if (files.length === 0) throw new ToolError('No tests found in chassis, contracts and services.');
  const env = await environment();
  const guard = startGuard();
  const server = env.DATABASE_URL ? undefined : await startGuarded('thrown away', guard);
  try {
    const url = server?.url ?? env.DATABASE_URL ?? '';
    process.exitCode = await run(files, { env: { ...env, TEST_DATABASE_URL: url }, guard, signal });
    signal.throwIfAborted();
  } finally {
    await server?.stop();
  }
});

async function findTests(): Promise<string[]> {
  const found = ['chassis', 'contracts', 'services'].map(async (folder) => {
    const paths = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    return paths.map((path) => join(folder, path));
  });
  const isTest = (path: string) => /[\\/]test[\\/].*\.test\.ts$/.test(path) && !path.includes('node_modules');
  return (await Promise.all(found)).flat().filter(isTest).sort();
}

interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

async function run(files: readonly string[], { env, guard, signal }: RunOptions): Promise<number> {
  signal.throwIfAborted();
  const command = [
    ...[process.execPath, '--import', 'tsx', '--conditions=source', '--test', '--test-reporter=spec'],
    // Most of a test's time is waiting for PostgreSQL: two at a time even on one core.
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    // A file that hangs fails; far above what any takes on a busy machine.
    '--test-timeout=600000',
    ...files,
  ];
  const child = startGroup({ command, env, guard, stdio: 'inherit' });
  signal.addEventListener('abort', () => void endGroup(child));
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
