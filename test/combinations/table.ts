/** docs/combinations.md: what was checked of each combination, and what it comes to. */

import { indexOf } from '../../src/catalog/catalog.ts';
import { chosenPatterns } from '../../src/spec/groups.ts';
import type { Spec } from '../../src/spec/spec.ts';
import type { FileTree } from '../../src/tree/tree.ts';
import { shipped } from '../catalogs.ts';
import { proofs } from '../proofs.ts';
import type { Installed } from './installed.ts';

export interface Row {
  readonly spec: Spec;
  readonly tree: FileTree;
  readonly installed: Installed;
  /** Test files that have passed; 0 where they were not run. */
  readonly tests: number;
}

const head = `# Combinations

Every valid combination of choices, in the shop. \`npm run test:matrix\` has written this page, after each combination was
rendered, linted and type-checked, and the validators of their formats had read its compose file and its API descriptions.
\`npm test\` looks in each for traces of what it has not.

"Tests" are the files of tests that passed on a real PostgreSQL; one whose inputs are the same in two combinations, or in
an earlier run with the same packages and Node.js, is run once. With \`MATRIX=pairs\` they run for those combinations in
which every two choices meet, without it for all. Packages are all that \`npm install\` brings on Linux, development
included. The last column says where the combination runs end to end in the tests of this repository, from
\`test/proofs.ts\`.

| combination | files | lines of the chassis | tests | packages | MB | end to end on |
|---|---|---|---|---|---|---|
`;

export function combinationsPage(all: readonly Row[]): string {
  const rows = all.map(({ spec, tree, tests, installed: { count, bytes } }) => {
    const patterns = chosenPatterns(spec, indexOf(shipped));
    const cells = [
      patterns.join(', '),
      tree.size,
      chassisLines(tree),
      tests || '',
      count,
      Math.round(bytes / 1_000_000),
      proofs
        .filter((proof) => proof.patterns === patterns.join(' '))
        .map(({ on }) => on)
        .join('; '),
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
  return `${head}${rows.join('')}`;
}

/** Of its sources: tools and tests are not in the services. */
function chassisLines(tree: FileTree): number {
  const sources = [...tree].filter(([path]) => /^chassis\/[^/]+\/src\//.test(path));
  return sources.reduce((sum, [, { content }]) => sum + content.split('\n').length - 1, 0);
}
