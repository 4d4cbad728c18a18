/** Calls whose last argument is a function or an object over several lines: `handles(Message, (data) => {` ... `});`. */

import { closing, skipString, splitItems } from './brackets.ts';
import { width } from './wide.ts';

/** The formatter leaves a test's title beside its function, however long it is. */
const isTest = /^\s*(?:test|describe)\(/;

const isBlock = /(?:=>|,) \{$/;

/** Gives each argument a line of its own where the first line of such a call is too wide, and indents the body. */
export function fitBlocks(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => line.length > width && isBlock.test(line) && !isTest.test(line));
  const call = start < 0 ? -1 : openCall(lines[start] ?? '');
  if (call < 0)
    return start < 0 ? lines : [...lines.slice(0, start + 1), ...fitBlocks(lines.slice(start + 1))];
  const line = lines[start] ?? '';
  const indent = /^ */.exec(line)?.[0] ?? '';
  const end = lines.indexOf(`${indent}});`, start);
  if (end < 0) return lines;
  const args = splitItems(line.slice(call + 1)).map((argument) => `${indent}  ${argument}`);
  return [
    ...lines.slice(0, start),
    line.slice(0, call + 1),
    ...args.map((argument, index) => (index < args.length - 1 ? `${argument},` : argument)),
    ...lines.slice(start + 1, end).map((inner) => (inner === '' ? inner : `  ${inner}`)),
    `${indent}  },`,
    `${indent});`,
    ...fitBlocks(lines.slice(end + 1)),
  ];
}

/** Index of the parenthesis that the line leaves open, or -1. */
function openCall(line: string): number {
  const open: number[] = [];
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char in closing) open.push(at);
    else if (Object.values(closing).includes(char)) open.pop();
    else at = skipString(line, at);
  }
  const [call = -1, block] = open;
  return block !== undefined && line[call] === '(' ? call : -1;
}
