/** Takes a safety mechanism out of a generated system, and puts it back. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Edit {
  /** Below the root of the generated repository. */
  readonly file: string;
  /** Text that stands in the file once. */
  readonly from: string;
  readonly to: string;
}

/** A text that is not there exactly once is an error: the mutant would be the original, or another one. */
export function edited(text: string, { file, from, to }: Edit): string {
  const times = text.split(from).length - 1;
  if (times !== 1) throw new Error(`${file} has ${times} times what is to be replaced:\n${from}`);
  return text.replace(from, () => to);
}

/** Runs `work` on the mutated system. */
export async function mutated<T>(folder: string, edits: readonly Edit[], work: () => Promise<T>): Promise<T> {
  const originals = new Map<string, string>();
  try {
    for (const edit of edits) {
      const path = join(folder, edit.file);
      const text = await readFile(path, 'utf8');
      originals.set(path, originals.get(path) ?? text);
      await writeFile(path, edited(text, edit));
    }
    return await work();
  } finally {
    for (const [path, text] of originals) await writeFile(path, text);
  }
}
