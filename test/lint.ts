/** The formatter and the linter of generated systems, over many systems at once. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileTree } from '../src/tree/tree.ts';

const biome = fileURLToPath(new URL('../node_modules/@biomejs/biome/bin/biome', import.meta.url));

/** Looks at every different file once: most are the same in many systems. One configuration is for all, the first one's. */
export function lint(trees: readonly FileTree[]): {
  readonly status: number | null;
  readonly output: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'create-msvc-lint-'));
  try {
    const seen = new Set<string>();
    for (const [index, tree] of trees.entries()) {
      for (const [path, { content }] of unseen(tree, seen)) {
        if (path === 'biome.json' && index > 0) continue;
        const file = path === 'biome.json' ? join(folder, path) : join(folder, `system-${index}`, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    }
    const options = { cwd: folder, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [biome, 'ci', '--colors=off', '.'],
      options,
    );
    return { status, output: `${stdout}\n${stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files of a tree that none of the trees before it had. */
export function unseen(tree: FileTree, seen: Set<string>): FileTree {
  const isNew = ([path, { content }]: readonly [string, { content: string }]) => {
    const key = `${path} ${content}`;
    return !seen.has(key) && seen.add(key);
  };
  return new Map([...tree].filter(isNew));
}
