/** `[dir]`: where a system is made, and what it is called. */

import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { fittingName, nameHint, nameProblem, quoted } from '../spec/identifier.ts';

export interface Target {
  /** Absolute. */
  readonly root: string;
  /** As the user would type it, such as `my-app`, `.` or `../shop`. */
  readonly directory: string;
  /** From the last part; see `nameOf`. */
  readonly name: string;
}

/** Commands of this version and of those to come: a folder of that name is far more likely a slip. */
const commandWords = new Set([
  ...[
    'create',
    'add',
    'list',
    'help',
    'remove',
    'status',
    'eject',
    'set',
    'update',
    'diff',
    'undo',
    'explain',
  ],
  ...['diagram', 'doctor', 'completion', 'schema'],
]);

/**
 * Resolves what was typed. Of a folder that is there already, such as `.`, the name is made fit; a name that was
 * typed is taken as it is.
 * @throws UserError (code 2) for a word that is, or nearly is, a command, and for control characters
 */
export function targetOf(
  directory: string,
  { cwd, commands }: { readonly cwd: string; readonly commands: readonly string[] },
): Target {
  refuseCommand(directory, commands);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(directory)) {
    throw new UserError(2, `The folder ${quoted(directory)} has control characters in its name`, {
      hint: 'Choose another name',
    });
  }
  const root = resolve(cwd, directory);
  const last = basename(root);
  const isTyped = basename(directory) === last && !existsSync(root);
  return {
    root,
    directory,
    name: directory === '' ? '' : isTyped ? last : fittingName('project', last) || last,
  };
}

/**
 * The name that a target gives.
 * @throws UserError (code 2) where it cannot stand
 */
export function nameOf({ name }: Target): string {
  const problem = nameProblem('project', name);
  if (!problem) return name;
  throw new UserError(2, `The name ${quoted(name)} ${problem}`, { hint: nameHint('project', name) });
}

function refuseCommand(directory: string, commands: readonly string[]): void {
  const near = commands.find((command) => isOneSlipAway(directory, command));
  if (commandWords.has(directory)) {
    const message = commands.includes(directory)
      ? `The command "${directory}" has to come before the flags`
      : `This version has no command "${directory}"`;
    throw new UserError(2, message, { hint: `For a folder of that name write ./${directory}` });
  }
  if (near) {
    throw new UserError(2, `Unknown command "${directory}"`, {
      hint: `Did you mean "${near}"? For a folder of that name write ./${directory}`,
    });
  }
}

/** One letter too many, too few, another, or two exchanged. */
function isOneSlipAway(word: string, command: string): boolean {
  if (word === '' || word === command) return false;
  const start = [...command].findIndex((letter, index) => letter !== word[index]);
  const at = start === -1 ? command.length : start;
  const [rest, wanted] = [word.slice(at), command.slice(at)];
  return (
    rest.slice(1) === wanted.slice(1) ||
    rest.slice(1) === wanted ||
    rest === wanted.slice(1) ||
    rest === `${wanted[1] ?? ''}${wanted[0] ?? ''}${wanted.slice(2)}`
  );
}
