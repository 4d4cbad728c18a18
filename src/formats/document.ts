/**
 * A keyed file taken apart into pieces of its own text. Printing an untouched document gives its bytes back, and an
 * edit replaces pieces and leaves the others alone; nothing is ever printed from parsed data.
 */

/** One value whose inside is not looked at. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly text: string;
  /** The parsed value, for comparing. */
  readonly data: unknown;
}

/** One key of a map, or one member of a set, with the comments that go with it. */
export interface Entry {
  /** In a set: the member in canonical form. */
  readonly key: string;
  /** Whole lines of comments and blanks above, each with its line break. */
  readonly before: string;
  /** From the key to its value (`"name": `, `services:`); empty in a set. */
  readonly head: string;
  readonly value: Value;
  /** What follows the value and its comma: a comment on the same line, and lines that are indented more deeply. */
  readonly after: string;
}

/** A map or a set, with entries on lines of their own or all on one line. */
export interface Container {
  readonly kind: 'map' | 'set';
  readonly layout: 'lines' | 'inline';
  readonly prefix: string;
  readonly entries: readonly Entry[];
  readonly suffix: string;
  /** Before each entry of layout `lines`. */
  readonly indent: string;
  /** Before each member of a block list: `- `. */
  readonly bullet: string;
  /** Between entries: `,` where the format has one. */
  readonly separator: string;
  /** Whether the last entry has a separator too. */
  readonly trailing: boolean;
  /** Between entries of layout `inline`, after the separator. */
  readonly gap: string;
  readonly text: string;
  readonly data: unknown;
}

export type Value = Leaf | Container;

export interface KeyedDocument {
  /** What stands above the root: a header comment, `---`. */
  readonly lead: string;
  readonly root: Value;
  readonly trail: string;
}

/** What the merge has to know of a format. */
export interface Format {
  readonly name: string;
  /**
   * @param isSet whether the list at these keys is a set
   * @throws FormatError when the text is not of this format
   */
  parse(text: string, isSet: (keys: readonly string[]) => boolean): KeyedDocument;
  /** The comments in a piece of text of this format. */
  comments(text: string): string[];
  /** `key` (none in a set) with its value on one line, as an entry of layout `inline`. */
  inline(key: string | undefined, data: unknown): string;
}

/** A text that cannot be read; `line` and `column` count from 1. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly line: number;
  readonly column: number;

  constructor(message: string, at: { readonly line: number; readonly column: number }) {
    super(message);
    this.line = at.line;
    this.column = at.column;
  }
}

export function printDocument({ lead, root, trail }: KeyedDocument): string {
  return lead + root.text + trail;
}

/** Puts a container's text together from its pieces. */
export function withText(parts: Omit<Container, 'text'>): Container {
  const last = parts.entries.length - 1;
  const pieces = parts.entries.map((entry, index) => {
    const start = parts.layout === 'lines' ? entry.before + parts.indent + parts.bullet : '';
    const comma = index < last || parts.trailing ? parts.separator : '';
    return start + entry.head + entry.value.text + comma + entry.after;
  });
  const between = parts.layout === 'lines' ? '\n' : parts.gap;
  return { ...parts, text: parts.prefix + pieces.join(between) + parts.suffix };
}

/**
 * The container, if its pieces make up `text` again. A text with an unusual layout (a comma at the start of a line,
 * several entries on some of the lines) does not, and is one value.
 */
export function containerOrLeaf(
  text: string,
  parts: Omit<Container, 'text'> | undefined,
  data: unknown,
): Value {
  const container = parts && withText(parts);
  return container?.text === text ? container : { kind: 'leaf', text, data };
}

/** JSON with the keys of every object in order: equal values have equal texts. */
export function canonical(data: unknown): string {
  const sorted = (_key: string, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(data, sorted) ?? 'undefined';
}

/** Gives later entries with the same key a key of their own, so that none of them is lost. */
export function withUniqueKeys(entries: readonly Entry[]): Entry[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const count = seen.get(entry.key) ?? 0;
    seen.set(entry.key, count + 1);
    return count === 0 ? entry : { ...entry, key: `${entry.key}\0${count}` };
  });
}

/** Moves every line but the first, and no blank one, from one indentation to another. */
export function shift(text: string, { from, to }: { readonly from: string; readonly to: string }): string {
  return from === to ? text : text.replaceAll(new RegExp(`\n${from}(?=.)`, 'g'), `\n${to}`);
}
