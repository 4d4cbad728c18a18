/** Runs the command line in this process, on the small catalog. */

import { PassThrough, Readable } from 'node:stream';
import { indexOf } from '../../src/catalog/catalog.ts';
import type { Engine } from '../../src/cli/engine.ts';
import { main } from '../../src/cli/main.ts';
import { pipelineOf } from '../../src/cli/pipeline.ts';
import { fixture } from '../catalogs.ts';

export const version = '1.2.3';
export const catalog = indexOf(fixture);
export const engine: Engine = { version, catalog, open: async () => pipelineOf(fixture, version) };

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped into stdin; by default it is open and silent, as in a CI job. */
  readonly input?: string;
  /** Columns of a terminal to print to. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Is told everything that is printed, as it is printed. */
  readonly onPrint?: (text: string) => void;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `create-msvc ...args`. Nothing is installed and no commit is made unless the test says so. */
export async function createMsvc(args: readonly string[], options: CommandOptions): Promise<Finished> {
  const { cwd, env = {}, input, columns, signal = new AbortController().signal, onPrint } = options;
  const printed = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY: columns !== undefined,
    columns,
    write: (text: string) => {
      printed[name] += text;
      onPrint?.(text);
    },
  });
  const stdin = input === undefined ? new PassThrough() : Readable.from([Buffer.from(input)]);
  const terminal = { stdin, stdout: output('stdout'), stderr: output('stderr'), env, cwd, signal };
  const code = await main(args, { terminal, engine });
  return { code, ...printed };
}

/** The flags of a run that only writes files. */
export const filesOnly = ['--no-install', '--no-git'];
