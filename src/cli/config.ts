/** `--config <file|->`: the spec as a file or on stdin. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { UserError } from '../errors.ts';
import { quoted } from '../spec/identifier.ts';
import type { SpecFile } from '../spec/parse.ts';
import type { Pipeline } from './engine.ts';
import type { Terminal } from './terminal.ts';

/**
 * Reads it; null where the flag is not given.
 * @throws UserError (code 2) that names the flag, or the file's line and column
 */
export async function readConfig(
  path: string | undefined,
  { terminal, pipeline }: { readonly terminal: Terminal; readonly pipeline: Pipeline },
): Promise<SpecFile | null> {
  if (path === undefined) return null;
  if (path === '') {
    throw new UserError(2, '--config "" names no file', {
      hint: 'Such as --config msvc.yaml, or --config - for stdin',
    });
  }
  const name = path === '-' ? 'stdin' : path;
  const text = path === '-' ? await readInput(terminal) : readText(path, terminal);
  // What came out of a command that failed must not become a system of defaults.
  if (text.trim() === '') throw new UserError(2, `--config ${quoted(path)} is empty`);
  return pipeline.readSpec(text, name);
}

async function readInput({ stdin, signal }: Terminal): Promise<string> {
  if (stdin.isTTY) {
    throw new UserError(2, '--config - reads stdin, and nothing is piped into it', {
      hint: 'create-msvc --config - < msvc.yaml',
    });
  }
  const { text } = await import('node:stream/consumers');
  try {
    return await text(addAbortSignal(signal, stdin as Readable));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

function readText(path: string, { cwd }: Terminal): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    throw new UserError(2, `Cannot read --config ${quoted(path)}: ${reasons[code] ?? code}`, {
      cause: error,
    });
  }
}
