/** Text -> spec input. Loaded only where there is a text to read: YAML and zod are large. */

import {
  type Document,
  type ErrorCode,
  isAlias,
  isNode,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type * as z from 'zod';
import type { CatalogIndex } from '../catalog/catalog.ts';
import { UserError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { choiceHint, groups } from './groups.ts';
import { nameHint, nameProblem, quoted } from './identifier.ts';
import { printPath, problem, type SpecInput, type SpecPath } from './input.ts';
import { specSchema } from './schema.ts';
import { none } from './spec.ts';

/** A spec that was read, and where its values stand. */
export interface SpecFile {
  readonly input: SpecInput;
  /** Where a value is written, or what is around it, as `file:line:column`; null where the file has neither. */
  locate(path: SpecPath): string | null;
}

/** Longer texts are no spec; YAML aliases could make far more of them. */
const longestText = 256 * 1024;

/**
 * Reads YAML, of which JSON is a part.
 * @param file how messages call the text, such as `msvc.yaml` or `stdin`
 * @throws UserError (code 2) with line, column, path and, where there is one, a suggestion
 */
export function parseSpec(
  text: string,
  { file, catalog }: { readonly file: string; readonly catalog: CatalogIndex },
): SpecFile {
  if (text.length > longestText) throw new UserError(2, `${file} is longer than ${longestText / 1024} KB`);
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, version: '1.2', logLevel: 'error' } as const;
  const document = parseDocument(text, options);
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = document.errors[0];
  if (broken)
    throw new UserError(2, `${at(broken.pos[0])}: ${wordings[broken.code] ?? firstLine(broken.message)}`);
  const tagged = foreignTag(document);
  if (tagged) throw new UserError(2, `${at(tagged.offset)}: The tag ${tagged.tag} has no meaning in a spec`);
  const circle = aliasInItself(document);
  if (circle)
    throw new UserError(2, `${at(circle.offset)}: The alias *${circle.name} stands in what it names`);
  const locate = (path: SpecPath) => position(document, { path, lines, file });
  const refuse: Refuse = (path, message, hint) =>
    new UserError(2, `${locate(path) ?? `${file}:1:1`}: ${problem(printPath(path), message)}`, { hint });
  const value = readValue(document, file);
  refuseHiddenService(value, refuse);
  const result = specSchema(catalog).safeParse(value);
  if (!result.success) throw explainIssue(result.error.issues[0] as z.core.$ZodIssue, { value, refuse });
  return { input: result.data, locate };
}

/** An alias of what it is a part of: such a value has no end. */
function aliasInItself(document: Document): { readonly name: string; readonly offset: number } | null {
  const found = firstNode(document, (node, path) => {
    const target = isAlias(node) && node.resolve(document);
    return Boolean(target) && path.includes(target);
  });
  return isAlias(found) ? { name: found.source, offset: found.range?.[0] ?? 0 } : null;
}

/** Where the library's message is about itself, or about its use. */
const wordings: Partial<Record<ErrorCode, string>> = {
  MULTIPLE_DOCS: 'A second document begins here, and a spec is one',
  RESOURCE_EXHAUSTION: 'It is nested too deeply',
};

const core = 'tag:yaml.org,2002:';
const coreTags = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `${core}${name}`);

/** A tag that would give a value that is no JSON, or that says what nobody reads. */
function foreignTag(document: Document): { readonly tag: string; readonly offset: number } | null {
  const isForeign = ({ tag }: Node) => tag !== undefined && tag !== '!' && !coreTags.includes(tag);
  const found = firstNode(document, isForeign);
  return found?.tag ? { tag: found.tag.replace(core, '!!'), offset: found.range?.[0] ?? 0 } : null;
}

/** The first node, in the order of the text, for which it holds; `path` are the nodes around it. */
function firstNode(
  document: Document,
  holds: (node: Node, path: readonly unknown[]) => boolean,
): Node | undefined {
  let found: Node | undefined;
  visit(document, {
    Node: (_key, node, path) => {
      if (!holds(node, path)) return;
      found = node;
      return visit.BREAK;
    },
  });
  return found;
}

function readValue(document: Document, file: string): unknown {
  const value = toValue(document, file);
  if (value === null || value === undefined)
    throw new UserError(2, `${file}:1:1: says nothing`, { hint: 'Its first line is "version: 1"' });
  return value;
}

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    throw new UserError(2, `${file}:1:1: ${(error as Error).message}`);
  }
}

/** zod passes over this key of a record, so that a service of that name would be dropped without a word. */
function refuseHiddenService(value: unknown, refuse: Refuse): void {
  const services: unknown = (value as { services?: unknown }).services;
  const name = '__proto__';
  if (typeof services !== 'object' || services === null || !Object.hasOwn(services, name)) return;
  throw refuse(
    ['services', name],
    `${quoted(name)} ${nameProblem('service', name)}`,
    nameHint('service', name),
  );
}

interface Place {
  readonly path: SpecPath;
  readonly lines: LineCounter;
  readonly file: string;
}

function position(document: Document, { path, lines, file }: Place): string | null {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return `${file}:${line}:${col}`;
    }
  }
  return null;
}

type Refuse = (path: SpecPath, message: string, hint?: string) => UserError;

interface IssueContext {
  readonly value: unknown;
  readonly refuse: Refuse;
}

/** zod's issue in this tool's words. */
function explainIssue(issue: z.core.$ZodIssue, { value, refuse }: IssueContext): UserError {
  const path = issue.path as SpecPath;
  const found = path.reduce<unknown>(
    (at, key) => (at as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
  switch (issue.code) {
    case 'unrecognized_keys': {
      const key = issue.keys[0] ?? '';
      return refuse([...path, key], 'is not a key of the spec', didYouMean(key, knownKeys));
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const reason = values.length === 1 ? `is not ${values[0]}` : `is not one of ${values.join(', ')}`;
      const group = groups.find(({ specKey }) => specKey === path[0]);
      const hint =
        withoutQuotes(found, issue.values) ??
        (group ? choiceHint(group, String(found), values) : didYouMean(String(found), values));
      return refuse(path, `${quoted(found)} ${reason}`, hint);
    }
    case 'invalid_union': {
      const inner =
        issue.errors.find((branch) => branch.some(({ path: below }) => below.length > 0)) ??
        issue.errors.at(-1);
      const first = inner?.[0];
      if (first && typeof found === 'object')
        return explainIssue({ ...first, path: [...path, ...first.path] }, { value, refuse });
      const off = path[0] === 'saga' ? none : false;
      return refuse(
        path,
        `${quoted(found)} is neither ${JSON.stringify(off)} nor a map`,
        withoutQuotes(found, [off]),
      );
    }
    case 'invalid_type':
      return refuse(
        path,
        `${quoted(found)} is not ${kinds[issue.expected] ?? issue.expected}`,
        issue.expected === 'int' || issue.expected === 'number'
          ? withoutQuotes(found, [Number(found)])
          : undefined,
      );
    default:
      return refuse(path, `${quoted(found)} cannot stand: ${issue.message}`);
  }
}

/** A hint where the text of a value is there in place of the value. */
function withoutQuotes(found: unknown, values: readonly unknown[]): string | undefined {
  const isQuoted = values.some((value) => typeof value !== 'string' && String(value) === found);
  return isQuoted ? `Write ${found} without quotes` : undefined;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  int: 'a whole number',
  number: 'a number',
};

const knownKeys = [
  ...['version', 'name', 'services', 'sync', 'broker', 'saga', 'circuitBreaker', 'discovery'],
  ...['language', 'calls', 'channel', 'style', 'initiator', 'steps', 'threshold', 'resetTimeout'],
];

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
