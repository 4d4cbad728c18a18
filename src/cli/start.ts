/** Connects the CLI to the process and to the catalog of this package. */

import { index, loadCatalog, version } from '../catalog/shipped.ts';
import { abortOnSignals } from './interrupt.ts';
import { main } from './main.ts';

/** Runs the command line of this process, and sets its exit code. */
export async function start(): Promise<void> {
  // A reader that has seen enough, such as `| head`, is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  process.exitCode = await main(process.argv.slice(2), {
    terminal: {
      // Node opens a stream at its first use, which takes a while: help needs one of the three.
      get stdin() {
        return process.stdin;
      },
      stdout: process.stdout,
      get stderr() {
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
}
