/** The last screen of a run: what was made, what to type next, where it answers, how to make it again. */

import type { Result } from './result.ts';
import { coloursFor, type Terminal, widthOf } from './terminal.ts';
import { indented, wrap } from './wrap.ts';

/** What the commands of a generated system do. */
const meanings: Readonly<Record<string, string>> = {
  'npm install': 'gets the packages',
  'npm run demo': 'plays one run and draws it',
  'npm run dev': 'starts everything, without Docker',
};

/** More than this many addresses are looked up in the README. */
const mostUrls = 8;

export interface ClosingOptions {
  /** One line: what was made. */
  readonly made: string;
}

export function closingScreen(
  { status, next, urls, notes, reproduce }: Result,
  terminal: Terminal,
  { made }: ClosingOptions,
): string {
  const { bold, cyan, dim } = coloursFor(terminal.stdout, terminal.env);
  const width = widthOf(terminal.stdout);
  if (status === 'unchanged') return `${made}\n`;
  const lines = (text: string) => indented(text, { by: 2, width });
  const column = Math.max(0, ...next.filter((command) => meanings[command]).map(({ length }) => length));
  const commands = next.map((command) => {
    const meaning = meanings[command];
    const padding = ' '.repeat(Math.max(0, column - command.length));
    const isFitting = column + (meaning?.length ?? 0) + 4 <= width;
    return `  ${cyan(command)}${meaning && isFitting ? `${padding}  ${dim(meaning)}` : ''}\n`;
  });
  const names = Object.keys(urls);
  const nameWidth = Math.max(0, ...names.slice(0, mostUrls).map(({ length }) => length));
  const addresses = names.slice(0, mostUrls).map((name) => `  ${name.padEnd(nameWidth)}  ${urls[name]}\n`);
  const more = names.length > mostUrls ? lines(`and ${names.length - mostUrls} more: see README.md`) : '';
  return [
    `\n${wrap(made, width)
      .map((line) => `${bold(line)}\n`)
      .join('')}`,
    ...notes.map(lines),
    section(bold('Next'), commands.join('')),
    section(bold('Addresses while it runs'), addresses.join('') + more),
    // Not wrapped: it is there to be copied.
    section(bold('The same again'), `  ${reproduce}\n`),
  ].join('');
}

function section(title: string, body: string): string {
  return body === '' ? '' : `\n${title}\n${body}`;
}
