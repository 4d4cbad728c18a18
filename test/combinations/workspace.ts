/**
 * A folder with many generated systems and one `node_modules` above them: Node finds there what every system would have
 * installed for itself, since a package has the same version in all of them.
 */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileTree } from '../../src/tree/tree.ts';
import { succeed } from '../e2e/commands.ts';
import { onInterrupt } from '../e2e/interrupt.ts';

export interface System {
  readonly title: string;
  readonly tree: FileTree;
  /** Absolute. */
  readonly folder: string;
}

export interface Workspace {
  readonly root: string;
  readonly systems: readonly System[];
  remove(): void;
}

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
type Manifest = Readonly<Partial<Record<(typeof kinds)[number], Packages>>>;
export type Packages = Readonly<Record<string, string>>;

const own = fileURLToPath(new URL('package.json', import.meta.url));

/** Writes the systems, and installs the packages that any of them asks for, and those of this folder. */
export async function makeWorkspace(trees: ReadonlyMap<string, FileTree>): Promise<Workspace> {
  const root = mkdtempSync(join(tmpdir(), 'create-msvc-combinations-'));
  // The embedded PostgreSQL runs as another account where we are root, and must be able to enter.
  chmodSync(root, 0o755);
  const remove = () => rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
  onInterrupt(remove);
  const systems = [...trees].map(([title, tree]) => {
    const folder = join(root, 'systems', title.replaceAll(/[^a-z]+/g, '-'));
    writeTree(folder, tree);
    return { title, tree, folder };
  });
  const manifests = [...trees.values()].flatMap((tree) => manifestsOf(tree).map(([, manifest]) => manifest));
  const { dependencies } = JSON.parse(readFileSync(own, 'utf8'));
  const required = {
    dependencies: Object.assign({}, dependencies, ...manifests.map((one) => foreign(one, ['dependencies']))),
    devDependencies: Object.assign({}, ...manifests.map((one) => foreign(one, ['devDependencies']))),
    // For other platforms, too.
    optionalDependencies: Object.assign(
      {},
      ...manifests.map((one) => foreign(one, ['optionalDependencies'])),
    ),
  };
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ name: 'combinations', private: true, type: 'module', ...required }),
  );
  try {
    await succeed('npm', ['install', '--no-audit', '--no-fund'], { cwd: root });
  } catch (error) {
    remove();
    throw error;
  }
  return { root, systems, remove };
}

/** The packages that the manifests of a system name, a manifest each; its own are left out. */
export function requiredBy(tree: FileTree): readonly Packages[] {
  return manifestsOf(tree).map(([, manifest]) => foreign(manifest, kinds));
}

function foreign(manifest: Manifest, some: readonly (typeof kinds)[number][]): Packages {
  const all = some.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
  return Object.fromEntries(all.filter(([name]) => !name.startsWith('@app/')));
}

function manifestsOf(tree: FileTree): readonly (readonly [path: string, Manifest & { name: string }])[] {
  return [...tree].flatMap(([path, { content }]) =>
    /(?:^|\/)package\.json$/.test(path) ? [[path, JSON.parse(content)] as const] : [],
  );
}

/** Writes the files, and links the packages of the workspace as npm does. */
export function writeTree(folder: string, tree: FileTree): void {
  for (const [path, { content, mode }] of tree) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }
  for (const [path, { name }] of manifestsOf(tree)) {
    if (!name.startsWith('@app/')) continue;
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(folder, dirname(path))), link);
  }
}
