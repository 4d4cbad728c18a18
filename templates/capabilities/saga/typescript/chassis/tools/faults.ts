// `npm run test:faults`: requests keep coming while services, broker and PostgreSQL are killed under them; then every
// single one is looked at.

import { parseOptions, USAGE } from './faults/options.ts';
import { runFaults } from './faults/run.ts';
import { runTool } from './interrupt.ts';
import { print } from './terminal.ts';

await runTool(async (signal) => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') print(USAGE);
  else if (!(await runFaults(options, signal))) process.exitCode = 1;
});
