import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder that is removed after the test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'create-msvc-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Path to a text, to `{ link }`, or to `{ folder: true }`. */
export type Files = Readonly<Record<string, string | { readonly link: string } | { readonly folder: true }>>;

/** Writes files into a folder, which may be missing. */
export function fill(folder: string, files: Files): string {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof content === 'string') {
      writeFileSync(file, content);
    } else if ('link' in content) {
      symlinkSync(content.link, file);
    } else {
      mkdirSync(file, { recursive: true });
    }
  }
  return folder;
}
