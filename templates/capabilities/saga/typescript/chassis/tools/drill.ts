// `npm run drill -- <name>`: one fault, in a system of its own, drawn second by second.

import { parseOptions, USAGE } from './drills/options.ts';
import { runDrill } from './drills/run.ts';
import { runTool } from './interrupt.ts';
import { print } from './terminal.ts';

await runTool(async (signal) => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') print(USAGE);
  else if (!(await runDrill(options, signal))) process.exitCode = 1;
});
