// Watches the files that services are made of.
import { watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { root } from './root.ts';

// An editor writes several files for one save.
const QUIET_MS = 150;
const SKIPPED = /(^|[\\/])(node_modules|dist|test|\..*|.*~)([\\/]|$)/;

/** Calls `onChange` with the changed paths, relative to the repository, until `signal` is aborted. */
export async function watchSources(
  folders: readonly string[],
  { signal, onChange }: { signal: AbortSignal; onChange(paths: readonly string[]): void },
): Promise<void> {
  const watched = new Set<string>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer));

  const report = () => {
    onChange([...changed]);
    changed.clear();
  };
  // Folder by folder: a watched file that an editor replaces would be lost from sight.
  const add = async (folder: string): Promise<void> => {
    if (SKIPPED.test(folder)) return;
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => undefined);
    if (!entries) watched.delete(folder);
    if (!entries || watched.has(folder) || signal.aborted) return;
    watched.add(folder);
    const watcher = watch(join(root, folder), { signal }, (_event, name) => {
      const path = `${folder}/${name}`;
      if (name === null || SKIPPED.test(name)) return;
      changed.add(path.replaceAll(sep, '/'));
      clearTimeout(timer);
      timer = setTimeout(report, QUIET_MS);
      void add(path);
    });
    watcher.on('error', () => watched.delete(folder));
    await Promise.all(
      entries.filter((entry) => entry.isDirectory()).map(({ name }) => add(`${folder}/${name}`)),
    );
  };
  await Promise.all(folders.map(add));
}
