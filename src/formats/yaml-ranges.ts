/** Where the values of a parsed YAML text lie in it. */

import { isCollection, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

export function isBlock(node: Node): node is YAMLMap | YAMLSeq {
  return isCollection(node) && !node.flow;
}

/** The end of the last line that holds a part of the value. */
export function blockEnd(text: string, node: Node): number {
  const end = text.indexOf('\n', contentEnd(text, node));
  return end === -1 ? text.length : end;
}

/** The offset behind the last character of a value, without the line breaks and comments that follow it. */
export function contentEnd(text: string, node: Node): number {
  if (isBlock(node)) {
    const last = node.items.at(-1) as Pair<Node, Node | null> | Node | undefined;
    const inner = last && 'key' in last ? (last.value ?? last.key) : last;
    return inner ? contentEnd(text, inner as Node) : rangeOf(node)[1];
  }
  const [start, end] = rangeOf(node);
  return start + text.slice(start, end).trimEnd().length;
}

export function rangeOf(node: Node): readonly [start: number, end: number] {
  const range = node.range;
  if (!range) {
    throw new Error('A parsed YAML node has no range');
  }
  return [range[0], range[1]];
}
