/** The command line as a process of its own; with TTY=1 it takes its pipes for a terminal. */

import { abortOnSignals } from '../../src/cli/interrupt.ts';
import { main } from '../../src/cli/main.ts';
import { engine } from './command.ts';

if (process.env.TTY === '1') {
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    Object.defineProperty(stream, 'isTTY', { value: true });
  }
}
process.exitCode = await main(process.argv.slice(2), {
  terminal: {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: abortOnSignals(),
  },
  engine,
});
