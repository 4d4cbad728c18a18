import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * All that is in a folder, for comparing: path to `file 644 <text>`, `folder` or `link <target>`. Undefined where
 * the folder is missing. `.git` and `node_modules` are left out.
 */
export function snapshot(folder: string): Record<string, string> | undefined {
  if (!lstatSync(folder, { throwIfNoEntry: false })) {
    return;
  }
  return Object.fromEntries(entriesOf(folder, ''));
}

function entriesOf(root: string, prefix: string): [path: string, content: string][] {
  return readdirSync(join(root, prefix), { withFileTypes: true })
    .filter(({ name }) => name !== '.git' && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): [string, string][] => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (entry.isDirectory()) {
        return [[`${path}/`, 'folder'], ...entriesOf(root, path)];
      }
      return [
        [
          path,
          entry.isSymbolicLink() ? `link ${readlinkSync(join(root, path))}` : fileContent(join(root, path)),
        ],
      ];
    });
}

function fileContent(path: string): string {
  const mode = (lstatSync(path).mode & 0o777).toString(8);
  return `file ${mode} ${readFileSync(path, 'latin1')}`;
}
