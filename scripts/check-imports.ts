/** The direction of imports in `src/`: a stage knows those before it, never those behind it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const leaves = ['errors', 'suggest', 'io-error', 'json-text'];

/** What each part of `src/` may import, apart from itself and the leaves. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  tree: [],
  formats: [],
  catalog: [],
  spec: ['catalog'],
  plan: ['catalog', 'spec'],
  render: ['catalog', 'spec', 'plan', 'tree', 'formats'],
  state: ['tree', 'formats'],
  merge: ['tree', 'formats', 'state'],
  apply: ['tree', 'merge', 'state'],
  run: ['catalog', 'spec', 'plan', 'render', 'tree', 'state', 'merge', 'apply'],
  cli: ['catalog', 'spec', 'plan', 'tree', 'merge', 'apply', 'run'],
};

/** Every import that goes the wrong way, as a sentence. */
export function wrongImports(root: string): readonly string[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const from = partOf(file);
    const text = readFileSync(join(root, 'src', file), 'utf8');
    const targets = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) =>
      partOf(posix.join(posix.dirname(file), match[1] ?? '')),
    );
    const known = leaves.includes(from) ? [] : (allowed[from] ?? []);
    return targets
      .filter((to) => to !== from && !leaves.includes(to) && !known.includes(to))
      .map((to) => `src/${file} imports ${to}, which ${from} must not know`);
  });
}

function partOf(file: string): string {
  return (file.split('/')[0] ?? '').replace(/\.(?:d\.)?ts$/, '');
}
