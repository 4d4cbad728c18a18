// Colour where someone sees it: on a terminal, unless the environment says otherwise.

const CODES = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90 } as const;
export type Colour = keyof typeof CODES;

const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
const forced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0';
const coloured = !NO_COLOR && (forced || (process.stdout.isTTY === true && TERM !== 'dumb'));

/** The text in that colour, or as it is where colour is not wanted. */
export function paint(colour: Colour, text: string): string {
  return coloured ? `\x1b[${CODES[colour]}m${text}\x1b[39m` : text;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Rows of equal length as columns, the first one their heads. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
