// `npm test`: every test of chassis, contracts and services on a real PostgreSQL that is there for this run
// only. With DATABASE_URL, an administrator's, that server is used; each test has a database of its own there.
import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Guard, startGuard } from './guard.ts';
import { runTool, ToolError } from './interrupt.ts';
import { namedDatabase } from './postgres/named.ts';
import { endGroup, startGroup } from './process-group.ts';
import { root } from './root.ts';
import { environment } from './setup.ts';
import { startGuarded } from './stack.ts';

// Half of a test's time is waiting for PostgreSQL.
const CONCURRENCY = 2 * availableParallelism();
/** More than one, as some files take longer than others. */
const PARTS_PER_PROCESS = 2;

await runTool(async (signal) => {
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : await findTests();
  if (files.length === 0) throw new ToolError('No tests found in chassis, contracts and services.');
  const env = await environment();
  const given = env.DATABASE_URL ? namedDatabase(env.DATABASE_URL) : undefined;
  const guard = startGuard();
  const server = given ? undefined : await startGuarded('thrown away', guard);
  try {
    const url = server?.url ?? given ?? '';
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
  // By its number the next run knows what a killed one has left.
  const folder = join(root, '.data', `tests.${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    const parts = await share(files, folder);
    signal.throwIfAborted();
    return await runParts(parts, { env, guard, signal });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Files share a process: to load what they test takes longer than most of them. @returns files that import them */
async function share(files: readonly string[], folder: string): Promise<string[]> {
  const count = Math.min(files.length, CONCURRENCY * PARTS_PER_PROCESS);
  const parts = Array.from({ length: count }, (_, part) => files.filter((_, i) => i % count === part));
  return Promise.all(
    parts.map(async (part, i) => {
      const path = join(folder, `${i + 1}.ts`);
      const urls = part.map((file) => pathToFileURL(resolve(root, file)).href);
      await writeFile(path, urls.map((url) => `import '${url}';\n`).join(''));
      return path;
    }),
  );
}

async function runParts(files: readonly string[], { env, guard, signal }: RunOptions): Promise<number> {
  const command = [
    ...[process.execPath, '--import', 'tsx/esm', '--conditions=source', '--test', '--test-reporter=spec'],
    `--test-concurrency=${CONCURRENCY}`,
    // A file that hangs fails; far above what any takes on a busy machine.
    '--test-timeout=600000',
    ...files,
  ];
  const child = startGroup({ command, env, guard, stdio: 'inherit' });
  signal.addEventListener('abort', () => void endGroup(child));
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
