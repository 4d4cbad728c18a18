/**
 * `.create-msvc/base.pack`: the texts of the files that are merged, as we last wrote them, so that a merge needs
 * neither network nor history. One line a text (`hash "text"`), so that git may unite the lines of two branches.
 */

import { UserError } from '../errors.ts';
import { type Hash, hashOf } from '../tree/hash.ts';

export const packPath = '.create-msvc/base.pack';

/** Each text once, in the order of the hashes. */
export function printPack(texts: Iterable<string>): string {
  const lines = [...texts].map((text) => `${hashOf(text)} ${JSON.stringify(text)}\n`);
  return [...new Set(lines)].sort().join('');
}

/** @throws UserError (code 5) when a line is not a text and its hash */
export function parsePack(pack: string): ReadonlyMap<Hash, string> {
  const texts = new Map<Hash, string>();
  for (const [index, line] of pack.split(/\r?\n/).entries()) {
    if (line !== '') {
      const text = parseLine(line);
      if (text === undefined) {
        throw new UserError(5, `Cannot read ${packPath}: line ${index + 1} is not a text and its hash`, {
          hint: 'Restore it from your last commit: git checkout -- .create-msvc',
        });
      }
      texts.set(line.slice(0, 64), text);
    }
  }
  return texts;
}

function parseLine(line: string): string | undefined {
  if (!/^[0-9a-f]{64} "/.test(line)) {
    return;
  }
  try {
    const text: unknown = JSON.parse(line.slice(65));
    return typeof text === 'string' && hashOf(text) === line.slice(0, 64) ? text : undefined;
  } catch {
    return;
  }
}
