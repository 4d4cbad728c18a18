/** Splits what stands above the first entry: a header of the file (up to the last blank line), and its own comments. */
export function splitHeader(lines: string): [header: string, own: string] {
  const end = /^(?:.*\n)*[ \t]*\n/.exec(lines)?.[0].length ?? 0;
  return [lines.slice(0, end), lines.slice(end)];
}
