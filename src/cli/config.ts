/** `--config <file|->`: the spec as a file or on stdin. */

import { constants, createReadStream, openSync, statSync } from 'node:fs';
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
  const text = path === '-' ? await readInput(terminal) : await readText(path, terminal);
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
  return readStart(stdin as Readable, signal);
}

/** More bytes than the longest spec may have: of more its reader needs no more to refuse it. */
const enough = 1024 * 1024;

/** The text, or as much of it as shows that it is too long; throws the signal's reason once that is aborted. */
async function readStart(stream: Readable, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of addAbortSignal(signal, stream)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > enough) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** To open a pipe as a file waits for whoever writes into it, and no interrupt ends that. */
async function streamOf(path: string): Promise<Readable> {
  if (!statSync(path).isFIFO()) return createReadStream(path);
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const { Socket } = await import('node:net');
  return new Socket({ fd, readable: true, writable: false });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

async function readText(path: string, { cwd, signal }: Terminal): Promise<string> {
  try {
    return await readStart(await streamOf(resolve(cwd, path)), signal);
  } catch (error) {
    signal.throwIfAborted();
    const code = String((error as NodeJS.ErrnoException).code);
    throw new UserError(2, `Cannot read --config ${quoted(path)}: ${reasons[code] ?? code}`, {
      cause: error,
    });
  }
}
