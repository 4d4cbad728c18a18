/**
 * What a test of a generated system depends on, so that its result in one system holds in another.
 *
 * Modules are followed from the test's file: by every literal that is the path of a module, which also finds programs
 * that it starts. A module that imports what no literal names depends on everything. What is read at run time is
 * noted by `observe.mjs`. Packages are the same for all systems.
 */

import { posix } from 'node:path';
import type { FileTree } from '../../src/tree/tree.ts';

/** The paths of the modules of a test, itself included, in order. */
export function modulesOf(test: string, tree: FileTree): readonly string[] {
  const found = new Set<string>();
  const open = [test];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const content = tree.get(path)?.content ?? '';
    // What it loads is known when it runs.
    if (/\bimport\((?!['"])/.test(content)) return [...tree.keys()].filter((one) => !isDocument(one));
    open.push(...referencesIn(content).flatMap((text) => resolve(text, { from: path, tree }) ?? []));
  }
  return [...found].sort();
}

/** Nothing that runs depends on them. */
function isDocument(path: string): boolean {
  return /^(?:docs|\.github|\.create-msvc)\/|\.md$/.test(path);
}

function referencesIn(content: string): readonly string[] {
  return [...content.matchAll(/['"`]((?:\.{1,2}\/[^'"`\s]*\.ts)|@app\/[^'"`\s]+)['"`]/g)].map(
    (match) => match[1] ?? '',
  );
}

function resolve(text: string, { from, tree }: { from: string; tree: FileTree }): string | undefined {
  const path = text.startsWith('@app/') ? inWorkspace(text, tree) : posix.join(posix.dirname(from), text);
  return path !== undefined && tree.has(path) ? path : undefined;
}

/** `@app/chassis/http`, as the package's `exports` have it under the condition `source`. */
function inWorkspace(specifier: string, tree: FileTree): string | undefined {
  const [, name, rest] = /^(@app\/[^/]+)\/(.+)$/.exec(specifier) ?? [];
  for (const [path, { content }] of tree) {
    if (!path.endsWith('/package.json')) continue;
    const manifest = JSON.parse(content);
    const pattern = manifest.name === name && manifest.exports?.['./*']?.source;
    if (pattern) return posix.join(posix.dirname(path), pattern.replace('*', rest));
  }
  return undefined;
}

/** What a tree has at what was noted, such as `file migrations/0001.sql` or `list migrations`; made files are absent. */
export function seenAt(notes: readonly string[], tree: FileTree): readonly string[] {
  const paths = [...tree.keys()];
  return notes.map((line) => {
    const [how = '', path = ''] = line.split(/ (.*)/s);
    const inside = path === '' ? paths : paths.filter((one) => one.startsWith(`${path}/`));
    if (how === 'file') return `${line} ${tree.get(path)?.content ?? 'none'}`;
    if (how === 'list') return `${line} ${inside.join(' ')}`;
    return `${line} ${tree.has(path) ? 'file' : inside.length > 0 ? 'folder' : 'none'}`;
  });
}
