// `npm run contracts`: writes the documents that describe the contracts from the schemas in contracts/src.
// With --check it writes nothing, and fails where a document says something else.
import { join } from 'node:path';
import { outdated, printDocuments, writeDocuments } from './contracts/documents.ts';
import { runTool, ToolError, WrongUsage } from './interrupt.ts';
import { root } from './root.ts';
import { print } from './terminal.ts';

const USAGE = 'Usage: npm run contracts [-- --check]';

await runTool(async () => {
  const [flag, ...others] = process.argv.slice(2);
  if (others.length > 0 || (flag !== undefined && flag !== '--check')) throw new WrongUsage(USAGE);
  const folder = join(root, 'contracts');
  const documents = await printDocuments(folder);
  const paths = (await outdated(folder, documents)).map((path) => `contracts/${path}`);
  if (paths.length === 0) return print('The documents are what the schemas in contracts/src say.');
  if (flag === '--check') {
    throw new ToolError(
      `Not what the schemas in contracts/src say: ${paths.join(', ')}\nTo write them anew: npm run contracts`,
    );
  }
  await writeDocuments(folder, documents);
  print(`Written: ${paths.join(', ')}`);
});
