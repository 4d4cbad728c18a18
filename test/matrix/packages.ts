/** Whether the manifests of a system name the packages that its code imports, and no others. */

import { posix } from 'node:path';
import type { FileTree } from '../../src/tree/tree.ts';

/** Packages that a manifest lacks or has for nothing, as sentences. */
export function wrongPackages(tree: FileTree): readonly string[] {
  const manifests = [...tree.keys()].filter((path) => path.endsWith('/package.json'));
  return manifests.flatMap((path) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(tree.get(path)?.content ?? '');
    const named = Object.keys({ ...dependencies, ...devDependencies }).filter(isForeign);
    const imported = importedBelow(`${posix.dirname(path)}/`, tree);
    const lacking = [...imported].filter((name) => !named.includes(name));
    const idle = named.filter((name) => !imported.has(name.replace(/^@types\//, '')));
    return [
      ...lacking.map((name) => `${path} lacks ${name}`),
      ...idle.map((name) => `${path} names ${name}, which nothing imports`),
    ];
  });
}

/** The packages that the code below a folder imports. */
function importedBelow(folder: string, tree: FileTree): ReadonlySet<string> {
  const specifiers = [...tree].flatMap(([path, { content }]) =>
    path.startsWith(folder) && path.endsWith('.ts')
      ? [...content.matchAll(/(?:\bfrom |\bimport\(|^import )'([^'.][^']*)'/gm)].map(
          (match) => match[1] ?? '',
        )
      : [],
  );
  const packages = specifiers.map((one) => /^(?:@[^/]+\/)?[^/]+/.exec(one)?.[0] ?? '');
  return new Set(packages.filter(isForeign));
}

/** The system's own are linked, and Node's need no manifest. */
function isForeign(name: string): boolean {
  return !name.startsWith('node:') && !name.startsWith('@app/');
}
