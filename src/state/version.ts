import { UserError } from '../errors.ts';
import { higherRange } from '../formats/ranges.ts';
import type { Base } from './base.ts';

/**
 * Refuses to change a system that another version wrote: its templates differ, and what they changed would come with
 * the change that was asked for.
 * @throws UserError (code 5) that names the version to use
 */
export function requireVersion({ version: written }: Base, version: string): void {
  if (written === undefined || written === version) {
    return;
  }
  const age = higherRange(written, version) === written ? 'a newer' : 'an older';
  throw new UserError(
    5,
    `This system was written by ${age} create-msvc: ${written}, and this is ${version}`,
    {
      hint: `Use that version: npx create-msvc@${written}`,
    },
  );
}
