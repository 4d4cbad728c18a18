// `npm run saga`: what an operator sees of the sagas, and does with one that is stuck.
import { runTool } from './interrupt.ts';
import { operateSagas } from './operator/sagas.ts';
import { shellOf } from './operator/shell.ts';

await runTool(async (signal) => {
  process.exitCode = await operateSagas(process.argv.slice(2), shellOf(signal));
});
