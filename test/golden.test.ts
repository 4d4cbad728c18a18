/** The goldens are what the templates give; `npm run golden` rebuilds them, and the difference is for a review. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { goldens } from './golden-files.ts';

const folder = fileURLToPath(new URL('golden', import.meta.url));
const expected = goldens();

test('there is a golden for every file, and no other', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'));
  expect(files.sort()).toEqual([...expected.keys()].sort());
});

test.each([...expected])('%s', (path, content) => {
  expect(content).toBe(readFileSync(join(folder, path), 'utf8'));
});
