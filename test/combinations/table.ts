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
  /** Test files that have passed; undefined where the combination was not among those of the run. */
  readonly tests: number | undefined;
}

const head = `# Combinations

Every valid combination of choices, in the shop. \`npm run test:matrix\` has written this page. \`npm test\` renders and
lints each combination, and looks for traces of what it has not. Where it says "types, documents, tests" the combination
was also type-checked, its tests ran on a real PostgreSQL, and the validators of their formats read its compose file and
its API descriptions: with \`MATRIX=pairs\` those in which every two choices meet, without it all of them.

Tests are files; one whose inputs are the same in two combinations is run once. Packages are all that \`npm install\`
brings on Linux, development included. The last column says where the combination runs end to end in the tests of this
repository, from \`test/proofs.ts\`.

| combination | files | lines of the chassis | checks | packages | MB | end to end on |
|---|---|---|---|---|---|---|
`;

export function combinationsPage(all: readonly Row[]): string {
  const rows = all.map(({ spec, tree, tests, installed: { count, bytes } }) => {
    const patterns = chosenPatterns(spec, indexOf(shipped));
    const cells = [
      patterns.join(', '),
      tree.size,
      chassisLines(tree),
      `rendered, linted${tests === undefined ? '' : `, types, documents, tests (${tests})`}`,
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
