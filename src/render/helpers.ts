/** What templates may call. Every value that is not a checked name leaves through a quoting helper. */

import type { HelperName } from '../catalog/helper-names.ts';
import { arrangeImports } from './imports.ts';

/** What Handlebars passes to a block helper: `fn` renders the block. */
interface Block {
  readonly fn: (context: unknown) => string;
}

type Helper = (this: unknown, ...values: never[]) => string;

export const helpers: Readonly<Record<HelperName, Helper>> = {
  /** A JSON value. */
  json: (value: unknown) => JSON.stringify(value),
  /** A TypeScript string literal in single quotes. */
  js: (value: unknown) => `'${escapeSingle(String(value))}'`,
  /** A YAML scalar, quoted where it would not be the same text plain. */
  yaml: (value: unknown) => yamlScalar(String(value)),
  /** One word of a POSIX shell. */
  sh: (value: unknown) => shellWord(String(value)),
  /** A JSON list of items that each end with a comma: the last one loses it. */
  list(block: Block) {
    return block.fn(this).replace(/,(?=\s*$)/, '');
  },
  /** Sorts and unites import statements. */
  imports(block: Block) {
    return arrangeImports(block.fn(this));
  },
};

function escapeSingle(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
}

function yamlScalar(text: string): string {
  const isPlain =
    /^[A-Za-z_./][\w./:@-]*(?<!:)$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|~)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

/** Also what a person types: a word without special characters stays as it is. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
