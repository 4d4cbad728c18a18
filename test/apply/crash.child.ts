/** A process of its own that applies one scenario and kills itself: `node crash.child.mjs <scenario> <root> <at>`. */

import { apply } from '../../src/apply/apply.ts';
import { UserError } from '../../src/errors.ts';
import { faultyDisk } from './faulty-disk.ts';
import { scenarios } from './scenarios.ts';

const [name, root = '', at] = process.argv.slice(2);
const scenario = scenarios.find((candidate) => candidate.name === name);
if (!scenario) {
  throw new Error(`No scenario "${name}"`);
}
const { disk, count } = faultyDisk({
  at: Number(at),
  strike: (half) => {
    half();
    process.kill(process.pid, 'SIGKILL');
  },
});
try {
  await apply(scenario.changes, { root, disk });
  process.stdout.write(String(count()));
} catch (error) {
  process.stdout.write(error instanceof UserError ? `${error.code}: ${error.message}` : String(error));
}
