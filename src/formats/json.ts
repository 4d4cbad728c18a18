/** JSON, with the comments and trailing commas that tsconfig files may have. */

import {
  createScanner,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { delimited, type Item } from './delimited.ts';
import { type Format, FormatError, type KeyedDocument, type Value } from './document.ts';
import { positionOf } from './position.ts';

export const json: Format = {
  name: 'JSON',
  parse,
  comments,
  inline: (key, data) => (key === undefined ? '' : `${JSON.stringify(key)}: `) + JSON.stringify(data),
};

type IsSet = (keys: readonly string[]) => boolean;

function parse(text: string, isSet: IsSet): KeyedDocument {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const error = errors[0];
  if (error || !root) {
    const code = error ? printParseErrorCode(error.error) : 'ValueExpected';
    throw new FormatError(
      code.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase(),
      positionOf(text, error?.offset ?? 0),
    );
  }
  const end = root.offset + root.length;
  return {
    lead: text.slice(0, root.offset),
    root: parseValue(text, root, { keys: [], isSet }),
    trail: text.slice(end),
  };
}

function parseValue(
  text: string,
  node: Node,
  { keys, isSet }: { keys: readonly string[]; isSet: IsSet },
): Value {
  const span = { start: node.offset, end: node.offset + node.length };
  const data: unknown = getNodeValue(node);
  if (node.type === 'object') {
    const items = (node.children ?? []).flatMap((property) => propertyItem(text, property, { keys, isSet }));
    return delimited(text, { span, items, kind: 'map', data });
  }
  if (node.type === 'array' && isSet(keys)) {
    const items = (node.children ?? []).map((element) => ({
      start: element.offset,
      valueStart: element.offset,
      end: element.offset + element.length,
      value: leafOf(text, element),
    }));
    return delimited(text, { span, items, kind: 'set', data });
  }
  return leafOf(text, node);
}

function propertyItem(
  text: string,
  property: Node,
  { keys, isSet }: { keys: readonly string[]; isSet: IsSet },
): Item[] {
  const [name, value] = property.children ?? [];
  if (!name || !value) {
    return [];
  }
  const key = String(name.value);
  return [
    {
      key,
      start: name.offset,
      valueStart: value.offset,
      end: value.offset + value.length,
      value: parseValue(text, value, { keys: [...keys, key], isSet }),
    },
  ];
}

function leafOf(text: string, node: Node): Value {
  return { kind: 'leaf', text: text.slice(node.offset, node.offset + node.length), data: getNodeValue(node) };
}

function comments(text: string): string[] {
  const scanner = createScanner(text);
  const found: string[] = [];
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const token = text.slice(scanner.getTokenOffset(), scanner.getPosition());
    if (token.startsWith('//') || token.startsWith('/*')) {
      found.push(token);
    }
  }
  return found;
}
