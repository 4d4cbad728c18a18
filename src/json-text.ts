/** JSON as formatters print it: objects key by key, lists of plain values on one line where they fit. */

const width = 110;

/** The text of a file. */
export function printJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const compact = text.replace(
    /^(.*)\[\n\s+([^[\]{}]*?)\n\s+\]/gm,
    (expanded, head: string, items: string) => {
      const line = `${head}[${items.replace(/,\n\s+/g, ', ')}]`;
      return line.length < width ? line : expanded;
    },
  );
  return `${compact}\n`;
}
