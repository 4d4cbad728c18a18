/** Breaks plain text into lines of at most `width` characters; a longer word stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Wraps a text and indents each of its lines. */
export function indented(
  text: string,
  { by, width }: { readonly by: number; readonly width: number },
): string {
  const margin = ' '.repeat(by);
  return wrap(text, width - by)
    .map((line) => `${margin}${line}\n`)
    .join('');
}
