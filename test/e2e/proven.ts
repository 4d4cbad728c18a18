/** That `test/proofs.ts` says of a system what is true. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { indexOf } from '../../src/catalog/catalog.ts';
import { chosenPatterns } from '../../src/spec/groups.ts';
import { parseSpec } from '../../src/spec/parse.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { shipped } from '../catalogs.ts';
import { proofs } from '../proofs.ts';

/** Fails where the system in `folder` has no row with this test; `by` is the test's path below `test/`. */
export async function expectProven(folder: string, by: string): Promise<void> {
  const catalog = indexOf(shipped);
  const text = await readFile(join(folder, 'msvc.yaml'), 'utf8');
  const spec = settleSpec(parseSpec(text, { file: 'msvc.yaml', catalog }).input, catalog);
  const patterns = chosenPatterns(spec, catalog).join(' ');
  expect(proofs).toContainEqual(expect.objectContaining({ patterns, by }));
}
