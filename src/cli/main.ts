/** Arguments -> exit code. Every error ends here, and is printed once. */

import { CommanderError } from 'commander';
import { UserError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';
import type { Terminal } from './terminal.ts';

/** @returns the exit code; never throws */
export async function main(
  args: readonly string[],
  { terminal: own, engine }: { readonly terminal: Terminal; readonly engine: Engine },
): Promise<number> {
  const terminal = colouredBy(args, own);
  const run = { terminal, engine, given: new Map<string, string>(), code: 0 };
  try {
    const program = buildProgram(run);
    // No folder starts with a dash, so `--` says nothing; npm and others pass one along.
    await program.parseAsync(args.filter((arg) => arg !== '--').flatMap(shortFlags), { from: 'user' });
    return run.code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const options = { json: isOn('json', args) ?? false, debug: isOn('debug', args) ?? false };
    return reportError(error instanceof CommanderError ? asUserError(error, args) : error, terminal, options);
  }
}

/** `-hy` as `-h -y`: of flags that are written as one, commander knows help in the last place only. */
function shortFlags(arg: string): readonly string[] {
  return /^-[hVy]{2,}$/.test(arg) ? [...arg.slice(1)].map((letter) => `-${letter}`) : [arg];
}

/** What a boolean flag says, also where the command line as a whole cannot be read. */
function isOn(flag: string, args: readonly string[]): boolean | undefined {
  const last = args.findLast((arg) => arg === `--${flag}` || arg === `--no-${flag}`);
  return last === undefined ? undefined : last === `--${flag}`;
}

/** Help is printed while the flags are read, so that the flag of colours has to be known before. */
function colouredBy(args: readonly string[], terminal: Terminal): Terminal {
  const color = isOn('color', args);
  if (color === undefined) return terminal;
  const { stdin, stdout, stderr, env, cwd, signal } = terminal;
  return { stdin, stdout, stderr, env: { ...env, FORCE_COLOR: color ? '1' : '0' }, cwd, signal };
}

/** Commander's `error: unknown option '--x'\n(Did you mean --y?)` in this tool's form. */
function asUserError(error: CommanderError, args: readonly string[]): UserError {
  // Of a command that is not there it has no help, and says no more than that it has printed some.
  if (error.code === 'commander.help') {
    const asked = args.slice(args.indexOf('help') + 1).find((arg) => !arg.startsWith('-'));
    return new UserError(2, `Unknown command "${asked}"`, { hint: 'See create-msvc --help' });
  }
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n');
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replaceAll("'", '"').replace(/\.$/, '');
  const suggestion = second?.replace(/^\((.*)\)$/, '$1');
  return new UserError(2, message, { hint: suggestion ?? 'See create-msvc --help', cause: error });
}
