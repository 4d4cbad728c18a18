/** Runs the tests of many systems on one PostgreSQL; a test whose inputs another system has had already is not run again. */

import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run, start } from '../e2e/commands.ts';
import { until } from '../e2e/until.ts';
import { modulesOf, seenAt } from './inputs.ts';
import { digest, type Passed, passedWith } from './passed.ts';
import type { System, Workspace } from './workspace.ts';

// Half of a test's time is waiting for PostgreSQL.
const concurrency = 2 * availableParallelism();

export interface Units {
  /**
   * Runs the tests of a system that have to be run.
   * @returns how many test files it has, and how many of them were run here
   * @throws Error with the output, where one fails
   */
  check(system: System): Promise<{ readonly files: number; readonly run: number }>;
  stop(): Promise<void>;
}

export async function startUnits({ root, systems }: Workspace): Promise<Units> {
  const database = await startDatabase(systems[0]?.folder ?? root);
  const passed = passedWith(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return {
    check: async (system) => {
      const files = [...system.tree.keys()].filter((path) => /\/test\/.*\.test\.ts$/.test(path));
      const open = files.filter((file) => !passed.of(file).some((one) => holds(one, { file, system })));
      if (open.length === 0) return { files: files.length, run: 0 };
      const notes = mkdtempSync(join(root, 'notes-'));
      await runTests(open, { system, notes, database: database.url });
      for (const file of open) passed.add(file, noted(file, { system, notes }));
      return { files: files.length, run: open.length };
    },
    stop: database.stop,
  };
}

function holds(
  { modules, notes, seen }: Passed,
  { file, system: { tree } }: { file: string; system: System },
) {
  return modules === digestOfModules(file, tree) && seen === digest(seenAt(notes, tree));
}

function noted(file: string, { system: { tree }, notes }: { system: System; notes: string }): Passed {
  const path = join(notes, file.replaceAll('/', '+'));
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  // A program that the test has started notes what it has seen already, too.
  const unique = [...new Set(lines)];
  return { modules: digestOfModules(file, tree), notes: unique, seen: digest(seenAt(unique, tree)) };
}

function digestOfModules(file: string, tree: System['tree']): string {
  return digest(modulesOf(file, tree).map((path) => `${path} ${tree.get(path)?.content}`));
}

interface Run {
  readonly system: System;
  readonly notes: string;
  readonly database: string;
}

async function runTests(files: readonly string[], { system, notes, database }: Run): Promise<void> {
  const observer = pathToFileURL(fileURLToPath(new URL('observe.mjs', import.meta.url))).href;
  // A process for each file, where `npm test` lets them share some: what it notes is of that file.
  const tests = [
    '--import',
    'tsx/esm',
    '--conditions=source',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${concurrency}`,
    ...files,
  ];
  const { code, output } = await run(process.execPath, tests, {
    cwd: system.folder,
    limitMs: 1_100_000,
    env: {
      NODE_OPTIONS: `--import=${observer}`,
      OBSERVE_ROOT: system.folder,
      OBSERVE_FOLDER: notes,
      TEST_DATABASE_URL: database,
    },
  });
  if (code !== 0) throw new Error(output.slice(output.indexOf('failing tests:')));
}

/** The embedded PostgreSQL, started by the tools of one of the systems. */
async function startDatabase(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const program = `
    import { once } from 'node:events';
    import { startPostgres } from './chassis/typescript/tools/postgres/server.ts';
    const server = await startPostgres('thrown away');
    console.log('at ' + server.url);
    // To wait for a signal does not keep a process.
    const alive = setInterval(() => {}, 60_000);
    await once(process, 'SIGINT');
    clearInterval(alive);
    await server.stop();
  `;
  const args = ['--import', 'tsx/esm', '--conditions=source', '--input-type=module', '--eval', program];
  const command = start(process.execPath, args, { cwd: folder });
  const url = await until(async () => /^at (.+)$/m.exec(command.output())?.[1], {
    what: () => `PostgreSQL runs:\n${command.output()}`,
    limitMs: 120_000,
  });
  return {
    url,
    stop: async () => {
      command.signal('SIGINT');
      await command.ended;
    },
  };
}
