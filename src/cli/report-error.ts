/** The one place that prints an error and decides the exit code. */

import { type ExitCode, UserError } from '../errors.ts';
import { printJson } from './result.ts';
import { coloursFor, type Terminal, widthOf } from './terminal.ts';
import { indented } from './wrap.ts';

export interface ErrorOptions {
  readonly json: boolean;
  readonly debug: boolean;
}

/** One sentence, a hint below it, and with `--debug` the stack. With `--json` the same as an object on stdout. */
export function reportError(error: unknown, terminal: Terminal, { json, debug }: ErrorOptions): ExitCode {
  const { code, message, hint = null, files } = error instanceof UserError ? error : internal(error);
  const colours = coloursFor(terminal.stderr, terminal.env);
  // A log is searched by line, so only a terminal gets broken lines.
  const width = terminal.stderr.isTTY ? widthOf(terminal.stderr) : Number.POSITIVE_INFINITY;
  const sentence = indented(oneLine(message), { by: 2, width }).trim();
  terminal.stderr.write(`${colours.red('✖')} ${sentence}\n`);
  if (hint) terminal.stderr.write(colours.dim(indented(oneLine(hint), { by: 2, width })));
  if (debug) terminal.stderr.write(`${stackOf(error)}\n`);
  if (json) terminal.stdout.write(printJson({ error: { code, message, hint, files } }));
  return code;
}

function internal(error: unknown): UserError {
  const message = error instanceof Error ? error.message : String(error);
  return new UserError(1, `Internal error: ${message}`, {
    hint: 'This is a defect of create-msvc: please report it with the output of --debug',
  });
}

/** A path or a value in a message may hold control characters; they must not reach the terminal. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
