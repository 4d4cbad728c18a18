// `npm run dead-letters` and `npm run outbox`: messages that did not get through, and what to do with them.
import { runTool } from './interrupt.ts';
import { operate } from './operator/operate.ts';
import { shellOf } from './operator/shell.ts';

await runTool(async (signal) => {
  process.exitCode = await operate(process.argv.slice(2), shellOf(signal));
});
