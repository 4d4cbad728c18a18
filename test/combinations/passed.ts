/** The tests that have passed, and what each depended on: kept from one run to the next, which may go on where one ended. */

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../node_modules/.cache/create-msvc/', import.meta.url));

/** What a test that has passed depended on. */
export interface Passed {
  /** Digest of the modules. */
  readonly modules: string;
  /** What it looked at when it ran, as `observe.mjs` notes it. */
  readonly notes: readonly string[];
  /** Digest of what it saw there. */
  readonly seen: string;
}

export interface PassedTests {
  of(file: string): readonly Passed[];
  add(file: string, passed: Passed): void;
}

/** Those that have passed with these packages (the text of their lock file) and this Node. */
export function passedWith(lock: string): PassedTests {
  const path = join(folder, `passed-${digest([process.version, process.platform, lock])}.jsonl`);
  const all = new Map<string, Passed[]>();
  const keep = (file: string, passed: Passed) => all.set(file, [...(all.get(file) ?? []), passed]);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  for (const line of lines) {
    const { file, ...passed } = JSON.parse(line);
    keep(file, passed);
  }
  return {
    of: (file) => all.get(file) ?? [],
    add: (file, passed) => {
      keep(file, passed);
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${JSON.stringify({ file, ...passed })}\n`);
    },
  };
}

export const digest = (texts: readonly string[]) =>
  createHash('sha256').update(texts.join('\0')).digest('hex');
