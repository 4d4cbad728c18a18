/** What the user said of the spec, in a file and in flags, and who said what: errors name the place. */

import { UserError } from '../errors.ts';
import { mergeInputs, printPath, problem, SpecError, type SpecInput, type SpecPath } from '../spec/input.ts';
import type { SpecFile } from '../spec/parse.ts';
import { type ChoiceOptions, flagOf } from './choice-flags.ts';

export interface Said {
  /** The command line's options, and what they say. */
  readonly options: ChoiceOptions;
  readonly flags: SpecInput;
  readonly file: SpecFile | null;
}

/**
 * File and flags as one. A flag may say what the file leaves out; where both say something it has to be the same,
 * so that neither wins unnoticed.
 * @throws UserError (code 2) naming both places
 */
export function combined({ options, flags, file }: Said): SpecInput {
  if (!file) return flags;
  const clash = firstClash(flags, file.input, []);
  if (clash) {
    throw new UserError(2, `${flagOf(clash, options)} contradicts ${file.locate(clash) ?? 'the file'}`, {
      hint: 'Leave the flag out, or change the file',
    });
  }
  return mergeInputs(file.input, flags);
}

function firstClash(flag: unknown, file: unknown, path: SpecPath): SpecPath | null {
  if (flag === undefined || file === undefined || JSON.stringify(flag) === JSON.stringify(file)) return null;
  // Lists of services are not laid over each other: who says one says all of it.
  if (!isSection(flag) || !isSection(file) || path[0] === 'services') return path;
  for (const key of Object.keys(flag)) {
    const clash = firstClash(flag[key], file[key], [...path, key]);
    if (clash) return clash;
  }
  return null;
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A `SpecError` as a sentence that names the flag, or the file's line (code 2); any other error as it is. */
export function named(error: unknown, { options, flags, file }: Said): unknown {
  if (!(error instanceof SpecError)) return error;
  const { path, message, hint } = error;
  const place = file && !isSaid(flags, path) ? file.locate(path) : null;
  const text = place
    ? `${place}: ${problem(printPath(path), message)}`
    : problem(subjectOf(path, options), message);
  return new UserError(2, text, { hint, cause: error });
}

function subjectOf(path: SpecPath, options: ChoiceOptions): string {
  return path[0] === 'name' ? 'The name' : flagOf(path, options);
}

/** Whether the input holds something at the path, or at what is around it in place of it. */
export function isSaid(input: unknown, [key, ...rest]: SpecPath): boolean {
  if (key === undefined) return input !== undefined;
  return isSection(input) ? isSaid(input[key], rest) : input !== undefined;
}
