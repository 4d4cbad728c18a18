/**
 * Rebuilds `test/golden`: what the templates make of two systems, as files that a review can read. Run it after a
 * change of templates, and look at the difference: `npm run golden`.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goldens } from '../test/golden-files.ts';

const folder = fileURLToPath(new URL('../test/golden', import.meta.url));
rmSync(folder, { recursive: true, force: true });
for (const [path, content] of goldens()) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
