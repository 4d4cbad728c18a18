/** Git checks texts out with CRLF on some machines. They are compared and merged with LF, and written back as found. */

export interface Lined {
  /** With LF line ends. */
  readonly text: string;
  readonly isCrlf: boolean;
}

/** A text whose every line ends in CRLF is one in another form; a mixed one is left as it is. */
export function fromDisk(text: string): Lined {
  const isCrlf = text.includes('\r\n') && !/(?<!\r)\n/.test(text);
  return { text: isCrlf ? text.replaceAll('\r\n', '\n') : text, isCrlf };
}

export function toDisk({ text, isCrlf }: Lined): string {
  return isCrlf ? text.replaceAll('\n', '\r\n') : text;
}
