/** Type-checks many systems in one run of the compiler, which reads the types of the packages once. */

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FileTree } from '../../src/tree/tree.ts';
import { run } from '../e2e/commands.ts';
import { type System, type Workspace, writeTree } from './workspace.ts';

/** @returns the compiler's findings, by the title of the system */
export async function typeCheck(
  systems: readonly System[],
  { root }: Workspace,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const places = systems.map(({ folder }) => `types/${basename(folder)}`);
  for (const [index, { tree }] of systems.entries())
    writeTree(join(root, places[index] ?? ''), withVersion(`1.0.${index}`, tree));
  const settings = systems.map(({ tree }) => settingsOf(tree));
  const [first] = settings;
  if (!first || settings.some(({ base }) => base !== first.base))
    throw new Error('Systems differ in tsconfig.base.json');
  const config = join(root, `tsconfig.${basename(systems[0]?.folder ?? '')}.json`);
  const text = {
    extends: `./${places[0]}/tsconfig.base.json`,
    compilerOptions: { noEmit: true },
    include: settings.flatMap(({ include }, index) => include.map((path) => `./${places[index]}/${path}`)),
    exclude: first.exclude,
  };
  writeFileSync(config, JSON.stringify(text));
  const { code, output } = await run('npx', ['tsc', '--pretty', 'false', '-p', config], { cwd: root });
  const lines = output.split('\n').filter((line) => line.includes('error TS'));
  const found = systems.map(
    ({ title }, index) => [title, lines.filter((line) => line.startsWith(`${places[index]}/`))] as const,
  );
  if (
    found.reduce((sum, [, some]) => sum + some.length, 0) < lines.length ||
    (code !== 0 && lines.length === 0)
  )
    throw new Error(output);
  return new Map(found);
}

/** The compiler takes packages of the same name and version for the same, and would read those of one system only. */
function withVersion(version: string, tree: FileTree): FileTree {
  return new Map(
    [...tree].map(([path, file]) => {
      if (!path.endsWith('/package.json')) return [path, file] as const;
      const content = JSON.stringify({ ...JSON.parse(file.content), version });
      return [path, { ...file, content }] as const;
    }),
  );
}

function settingsOf(tree: FileTree): { base: string | undefined; include: string[]; exclude: string[] } {
  const { include, exclude } = JSON.parse(tree.get('tsconfig.json')?.content ?? '{}');
  return { base: tree.get('tsconfig.base.json')?.content, include, exclude };
}
