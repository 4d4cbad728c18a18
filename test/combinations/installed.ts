/** What the packages of one system come to when it is installed alone, read off an installation for many systems. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree } from '../../src/tree/tree.ts';
import { type Packages, requiredBy } from './workspace.ts';

export interface Installed {
  readonly count: number;
  readonly bytes: number;
}

interface Locked {
  readonly dependencies?: Packages;
  readonly optionalDependencies?: Packages;
  readonly peerDependencies?: Packages;
}

/** @returns a function that follows the requirements of a system through the lockfile of the installation in `root` */
export function installedIn(root: string): (tree: FileTree) => Installed {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const sizes = new Map<string, number>();
  const sizeOf = (path: string) => {
    const size = sizes.get(path) ?? bytesIn(join(root, path));
    sizes.set(path, size);
    return size;
  };
  return (tree) => {
    const found = new Set<string>();
    const open = requiredBy(tree).flatMap((required) =>
      Object.keys(required).map((name) => `node_modules/${name}`),
    );
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      // Packages for other platforms are in the lockfile only.
      if (found.has(path) || !existsSync(join(root, path))) continue;
      found.add(path);
      const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {};
      const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
      open.push(...names.flatMap((name) => resolve(name, { from: path, packages }) ?? []));
    }
    const bytes = [...found].reduce((sum, path) => sum + sizeOf(path), 0);
    return { count: found.size, bytes };
  };
}

/** As Node resolves: in the `node_modules` of the package, then in those above it. */
function resolve(
  name: string,
  { from, packages }: { from: string; packages: Readonly<Record<string, Locked>> },
): string | undefined {
  const path = `${from}/node_modules/${name}`;
  if (path in packages) return path;
  const above = from.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, '');
  if (above !== '') return resolve(name, { from: above, packages });
  return `node_modules/${name}` in packages ? `node_modules/${name}` : undefined;
}

/** Packages that are nested in it are counted as themselves. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesIn(path);
    return entry.isFile() ? sum + statSync(path).size : sum;
  }, 0);
}
