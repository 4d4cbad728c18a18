/** YAML: block maps and lists here, flow style in `delimited.ts`. The yaml package locates; it never prints. */

import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  parseDocument,
  type YAMLSeq,
} from 'yaml';
import { type BlockItem, blockContainer, type Region } from './block.ts';
import { delimited, type Item } from './delimited.ts';
import { type Format, FormatError, type KeyedDocument, type Value, withText } from './document.ts';
import { splitHeader } from './header.ts';
import { positionOf } from './position.ts';
import { blockEnd, contentEnd, isBlock, rangeOf } from './yaml-ranges.ts';

export const yaml: Format = {
  name: 'YAML',
  parse,
  comments: (text) => [...new Lexer().lex(text)].filter((lexeme) => lexeme.startsWith('#')),
  inline: (key, data) => (key === undefined ? '' : `${key}: `) + JSON.stringify(data),
};

/** What every step of the descent needs. */
interface Source {
  readonly text: string;
  readonly document: Document;
  readonly isSet: (keys: readonly string[]) => boolean;
}

function parse(text: string, isSet: Source['isSet']): KeyedDocument {
  const document = parseDocument(text, { keepSourceTokens: true, logLevel: 'silent' });
  const error = document.errors[0];
  if (error) {
    const message = error.message.split(' at line')[0] ?? '';
    throw new FormatError(lowerFirst(message), positionOf(text, error.pos[0]));
  }
  const source = { text, document, isSet };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return { lead: text, root: emptyMap(), trail: '' };
  }
  const [, end] = rangeOf(contents);
  const start = isBlock(contents) ? rootStart(text, rangeOf(contents)[0]) : rangeOf(contents)[0];
  const stop = isBlock(contents) ? blockEnd(text, contents) : end;
  return {
    lead: text.slice(0, start),
    root: isBlock(contents)
      ? parseBlock(source, contents, { keys: [], region: { start, end: stop } })
      : parseValue(source, contents, []),
    trail: text.slice(stop),
  };
}

function emptyMap(): Value {
  const frame = { indent: '', bullet: '', separator: '', trailing: false, gap: '', data: {} };
  return withText({ ...frame, kind: 'map', layout: 'lines', prefix: '', entries: [], suffix: '' });
}

/** Where the root's first entry begins with the comments that are its own. */
function rootStart(text: string, first: number): number {
  const above = text.slice(0, text.lastIndexOf('\n', first - 1) + 1);
  const marker = /^(?:.*\n)*---.*\n/.exec(above)?.[0].length ?? 0;
  return marker + splitHeader(above.slice(marker))[0].length;
}

/** A value in flow style, or one whose inside does not matter. */
function parseValue(source: Source, node: Node, keys: readonly string[]): Value {
  const [start, end] = rangeOf(node);
  const data = dataOf(source, node);
  if (isMap(node) && node.flow) {
    const items = node.items.map((pair) => flowProperty(source, pair, keys));
    return items.includes(undefined)
      ? { kind: 'leaf', text: source.text.slice(start, end), data }
      : delimited(source.text, { span: { start, end }, items: items as Item[], kind: 'map', data });
  }
  if (isSeq(node) && node.flow && source.isSet(keys)) {
    const items = (node as YAMLSeq<Node>).items.map((item) => flowElement(source, item));
    return delimited(source.text, { span: { start, end }, items, kind: 'set', data });
  }
  return { kind: 'leaf', text: source.text.slice(start, contentEnd(source.text, node)), data };
}

function flowProperty(
  source: Source,
  pair: Pair<unknown, unknown>,
  keys: readonly string[],
): Item | undefined {
  const { key, value } = pair as Pair<Node, Node | null>;
  if (!isScalar(key) || !value || rangeOf(value)[0] === rangeOf(value)[1]) {
    return;
  }
  const name = String(key.value);
  const [valueStart, end] = rangeOf(value);
  return {
    key: name,
    start: rangeOf(key)[0],
    valueStart,
    end,
    value: parseValue(source, value, [...keys, name]),
  };
}

function flowElement(source: Source, item: Node): Item {
  const [start, end] = rangeOf(item);
  const value = { kind: 'leaf', text: source.text.slice(start, end), data: dataOf(source, item) } as const;
  return { start, valueStart: start, end, value };
}

/** A map or list in block style; its region begins at the line break that ends the line of its key. */
function parseBlock(
  source: Source,
  node: Node,
  { keys, region }: { keys: readonly string[]; region: Region },
): Value {
  const { text } = source;
  const data = dataOf(source, node);
  const leaf = { kind: 'leaf', text: text.slice(region.start, region.end), data } as const;
  if (isMap(node)) {
    const items = node.items.map((pair) => blockProperty(source, pair, keys));
    return items.includes(undefined)
      ? leaf
      : blockContainer(text, { region, items: items as BlockItem[], kind: 'map', data });
  }
  if (isSeq(node) && source.isSet(keys)) {
    return blockContainer(text, { region, items: blockElements(source, node), kind: 'set', data });
  }
  return leaf;
}

function blockProperty(
  source: Source,
  pair: Pair<unknown, unknown>,
  keys: readonly string[],
): BlockItem | undefined {
  const { key, value } = pair as Pair<Node, Node | null>;
  if (!isScalar(key) || !value) {
    return;
  }
  const { text } = source;
  const name = String(key.value);
  const [start, keyEnd] = rangeOf(key);
  const item = { key: name, start, contentEnd: contentEnd(text, value) };
  if (!isBlock(value)) {
    return {
      ...item,
      valueStart: rangeOf(value)[0],
      valueOf: () => parseValue(source, value, [...keys, name]),
    };
  }
  const valueStart = text.indexOf('\n', keyEnd);
  return {
    ...item,
    valueStart,
    valueOf: (end) =>
      parseBlock(source, value, { keys: [...keys, name], region: { start: valueStart, end } }),
    fills: true,
  };
}

function blockElements(source: Source, node: YAMLSeq): BlockItem[] {
  const dashes = (node.srcToken?.type === 'block-seq' ? node.srcToken.items : []).map((item) =>
    item.start.find((token) => token.type === 'seq-item-ind'),
  );
  return (node.items as Node[]).map((item, index) => {
    const start = (dashes[index]?.offset ?? 0) + 2;
    const end = contentEnd(source.text, item);
    const value = { kind: 'leaf', text: source.text.slice(start, end), data: dataOf(source, item) } as const;
    return { start, valueStart: start, contentEnd: end, valueOf: () => value };
  });
}

/** @throws FormatError where an alias names nothing, or aliases multiply without measure */
function dataOf({ text, document }: Source, node: Node): unknown {
  try {
    return node.toJS(document);
  } catch (error) {
    throw error instanceof ReferenceError
      ? new FormatError(lowerFirst(error.message), positionOf(text, rangeOf(node)[0]))
      : error;
  }
}

function lowerFirst(message: string): string {
  return message.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase());
}
