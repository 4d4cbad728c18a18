// `npm run contracts:check`: compares what the schemas in contracts/src say with the documents of the last release.
import { join } from 'node:path';
import { checkContracts } from './contracts/breaking/check.ts';
import { printDocuments } from './contracts/documents.ts';
import { runTool } from './interrupt.ts';
import { root } from './root.ts';

await runTool(async () => {
  const folder = join(root, 'contracts');
  const { code, text } = await checkContracts(process.argv.slice(2), {
    folder,
    documents: () => printDocuments(folder),
  });
  (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exitCode = code;
});
