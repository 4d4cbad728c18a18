/** Connects the CLI to the process and to the catalog of this package. */

import { index, loadCatalog, version } from '../catalog/shipped.ts';
import { abortOnSignals, codes } from './interrupt.ts';
import { main } from './main.ts';

/** Runs the command line of this process, and sets its exit code. */
export async function start(): Promise<void> {
  // A reader that has seen enough, such as `| head`, is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    passOver(error);
  });
  const code = await main(process.argv.slice(2), {
    terminal: {
      // Node opens a stream at its first use, which takes a while: help needs one of the three.
      get stdin() {
        return process.stdin;
      },
      stdout: process.stdout,
      get stderr() {
        if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', passOver);
        return process.stderr;
      },
      env: process.env,
      cwd: process.cwd(),
      signal: abortOnSignals(),
    },
    engine: {
      version,
      catalog: index,
      open: async () => {
        const [catalog, { pipelineOf }] = await Promise.all([loadCatalog(), import('./pipeline.ts')]);
        return pipelineOf(catalog, version);
      },
    },
  });
  process.exitCode ||= code;
  // With its terminal gone, Node aborts where it would end by itself.
  if (process.exitCode === codes.SIGHUP) process.kill(process.pid, 'SIGHUP');
}

/**
 * A terminal that was closed takes nothing any more; the signal that tells of it ends the run, cleanly. Whoever reads
 * what is told besides the results may stop: the run goes on.
 */
function passOver(error: NodeJS.ErrnoException): void {
  if (error.code === 'EIO' || error.code === 'EPIPE') return;
  // Where the output cannot be kept, nobody can be told more than by the code.
  process.exitCode = 1;
}
