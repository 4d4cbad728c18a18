/** Type-checks many systems in one run of the compiler, which reads the types of the packages once. */

import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from '../e2e/commands.ts';
import type { System, Workspace } from './workspace.ts';

/** @returns the compiler's findings, by the folder of the system */
export async function typeCheck(
  systems: readonly System[],
  { root }: Workspace,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const config = join(root, `tsconfig.${systems[0]?.folder.split('/').at(-1)}.json`);
  const settings = systems.map((system) => settingsOf(system, root));
  const [first] = settings;
  if (!first || settings.some(({ base }) => base !== first.base))
    throw new Error('Systems differ in tsconfig.base.json');
  const include = settings.flatMap((one) => one.include);
  const text = { extends: first.path, compilerOptions: { noEmit: true }, include, exclude: first.exclude };
  writeFileSync(config, JSON.stringify(text));
  const { code, output } = await run('npx', ['tsc', '--pretty', 'false', '-p', config], { cwd: root });
  const lines = output.split('\n').filter((line) => line.includes('error TS'));
  if (code !== 0 && lines.length === 0) throw new Error(output);
  return new Map(
    systems.map(({ folder }) => [
      folder,
      lines.filter((line) => line.startsWith(`${relative(root, folder)}/`)),
    ]),
  );
}

function settingsOf({ tree, folder }: System, root: string) {
  const { include, exclude } = JSON.parse(tree.get('tsconfig.json')?.content ?? '{}');
  const place = `./${relative(root, folder)}`;
  return {
    base: tree.get('tsconfig.base.json')?.content,
    path: `${place}/tsconfig.base.json`,
    include: (include as string[]).map((path) => `${place}/${path}`),
    exclude: exclude as string[],
  };
}
