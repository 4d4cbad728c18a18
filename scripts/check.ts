/** Checks what neither formatter, linter nor type checker knows: `npm run check` calls it. */

import { fileURLToPath } from 'node:url';
import { brokenDocs } from './check-docs.ts';
import { wrongImports } from './check-imports.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const problems = [...wrongImports(root), ...brokenDocs(root)];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
