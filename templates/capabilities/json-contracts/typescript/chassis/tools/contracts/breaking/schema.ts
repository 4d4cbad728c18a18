// Two versions of a JSON Schema, seen by those who know the earlier one only. What senders wrote by the earlier one has to
// be read by the later one, and what is written by the later one by readers of the earlier one. A reader passes over fields
// that it does not know. What is not understood here counts as a break as soon as it differs.
import { isDeepStrictEqual } from 'node:util';

// biome-ignore lint/suspicious/noExplicitAny: documents of any shape, read from a file.
export type Json = Readonly<Record<string, any>>;

/** Who knows the earlier schema: those who write by it, those who read by it, or both. */
export type Knows = 'senders' | 'readers' | 'both';

/** What the change breaks for them, such as `field "price.amount" is gone`. */
export function schemaBreaks(before: Json, now: Json, knows: Knows): readonly string[] {
  const sides = knows === 'both' ? (['senders', 'readers'] as const) : [knows];
  return [...new Set(sides.flatMap((side) => breaks({ before, now, side, path: '' })))];
}

interface Change {
  readonly before: Json;
  readonly now: Json;
  readonly side: 'senders' | 'readers';
  /** Of the value in the document: `lines[].item`; empty for the whole. */
  readonly path: string;
}

/** The schema by which a value is written, and the one by which it is read. */
function direction({ before, now, side }: Change): { written: Json; read: Json } {
  return side === 'senders' ? { written: before, read: now } : { written: now, read: before };
}

/** Every variant that is written has to fit one that is read. */
function breaks(change: Change): readonly string[] {
  const { written, read } = direction(change);
  return variantsOf(written).flatMap((variant) => {
    const fitting = variantsOf(read).filter((other) => fits(typeOf(variant), typeOf(other)));
    if (fitting.length === 0) return [typeBreak(change)];
    const found = fitting.map((other) => variantBreaks(variantOf(change, variant, other)));
    return found.reduce((least, next) => (next.length < least.length ? next : least));
  });
}

function variantOf(change: Change, written: Json, read: Json): Change {
  const [before, now] = change.side === 'senders' ? [written, read] : [read, written];
  return { ...change, before, now };
}

/** A union as its members, an enumeration as its values. */
function variantsOf(schema: Json): readonly Json[] {
  const { anyOf, oneOf, enum: values, type, ...rest } = schema;
  const members = anyOf ?? oneOf;
  if (members) {
    return members.flatMap((member: Json) => variantsOf({ ...rest, ...(type && { type }), ...member }));
  }
  if (values) return values.map((value: unknown) => ({ ...rest, const: value }));
  if (Array.isArray(type)) return type.map((one) => ({ ...rest, type: one }));
  return [schema];
}

function typeOf(schema: Json): string {
  if (!('const' in schema)) return schema.type ?? 'anything';
  const value = schema.const;
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function fits(written: string, read: string): boolean {
  return read === 'anything' || written === read || (written === 'integer' && read === 'number');
}

function typeBreak({ before, now, path }: Change): string {
  const types = (schema: Json) => [...new Set(variantsOf(schema).map(typeOf))].join(' or ');
  return `${named(path)}was ${types(before)}, is now ${types(now)}`;
}

function variantBreaks(change: Change): readonly string[] {
  const values = valueBreaks(change);
  if (values.length > 0) return values;
  return [...limitBreaks(change), ...fieldBreaks(change), ...itemBreaks(change), ...opaqueBreaks(change)];
}

function valueBreaks(change: Change): readonly string[] {
  const { written, read } = direction(change);
  if (!('const' in read)) return [];
  if ('const' in written) {
    if (isDeepStrictEqual(written.const, read.const)) return [];
    const value = JSON.stringify(written.const);
    const what = change.side === 'senders' ? `no longer takes ${value}` : `can now be ${value}`;
    return [`${named(change.path)}${what}`];
  }
  const what = change.side === 'senders' ? 'takes certain values only' : 'can now be any value of its type';
  return [`${named(change.path)}${what}`];
}

const LOWER = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties'];
const UPPER = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties'];
/** What is read has to be unlimited, or limited in the same way. */
const SAME = [
  ...['pattern', 'format', 'multipleOf', 'propertyNames', 'uniqueItems'],
  ...['contentEncoding', 'contentMediaType'],
];

function limitBreaks(change: Change): readonly string[] {
  const { before, now, path } = change;
  const { written, read } = direction(change);
  const isWithin = (keyword: string) => {
    if (read[keyword] === undefined) return true;
    if (LOWER.includes(keyword)) return written[keyword] >= read[keyword];
    if (UPPER.includes(keyword)) return written[keyword] <= read[keyword];
    return isDeepStrictEqual(written[keyword], read[keyword]);
  };
  return [...LOWER, ...UPPER, ...SAME]
    .filter((keyword) => !isWithin(keyword))
    .map((keyword) => `${named(path)}had ${limit(keyword, before)}, has now ${limit(keyword, now)}`);
}

function limit(keyword: string, schema: Json): string {
  const value = schema[keyword];
  return value === undefined ? `no ${keyword}` : `${keyword} ${JSON.stringify(value)}`;
}

function fieldBreaks(change: Change): readonly string[] {
  const [before, now] = [fieldsOf(change.before), fieldsOf(change.now)];
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(now, name));
  const at = (name: string) => (change.path === '' ? name : `${change.path}.${name}`);
  return [
    ...gone.map((name) => `${named(at(name))}is gone`),
    ...omitted(change)
      .filter((name) => !gone.includes(name))
      .map(
        (name) =>
          `${named(at(name))}${change.side === 'senders' ? 'is now required' : 'may now be left out'}`,
      ),
    ...refused(change).map((name) => `${named(at(name))}is new, and readers refuse what they do not know`),
    ...(isClosed(change) ? [`${named(change.path)}no longer passes over unknown fields`] : []),
    ...Object.keys(before).flatMap((name) =>
      Object.hasOwn(now, name)
        ? breaks({ ...change, before: before[name], now: now[name], path: at(name) })
        : [],
    ),
  ];
}

/** The fields by name; `*` are those of a record. */
function fieldsOf({ properties, additionalProperties: others }: Json): Json {
  return { ...properties, ...(typeof others === 'object' && { '*': others }) };
}

/** What a reader requires and a writer may leave out. */
function omitted(change: Change): readonly string[] {
  const { written, read } = direction(change);
  return ((read.required ?? []) as string[]).filter((name) => !written.required?.includes(name));
}

/** What readers of the earlier schema do not know, where they were strict. */
function refused({ before, now, side }: Change): readonly string[] {
  if (side === 'senders' || before.additionalProperties !== false) return [];
  return Object.keys(fieldsOf(now)).filter((name) => !Object.hasOwn(fieldsOf(before), name));
}

/** Whether a tolerant reader has become a strict one. */
function isClosed({ before, now, side }: Change): boolean {
  return side === 'senders' && now.additionalProperties === false && before.additionalProperties !== false;
}

function itemBreaks(change: Change): readonly string[] {
  const { before, now, path } = change;
  if (isTuple(change) || (before.items === undefined && now.items === undefined)) return [];
  return breaks({ ...change, before: before.items ?? {}, now: now.items ?? {}, path: `${path}[]` });
}

/** A list of schemas is compared as a whole. */
function isTuple({ before, now }: Change): boolean {
  return Array.isArray(before.items) || Array.isArray(now.items);
}

const ANNOTATIONS = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'example', 'examples'];
const MARKS = ['deprecated', 'readOnly', 'writeOnly'];
const COMPARED = [
  'type',
  'const',
  'properties',
  'required',
  'additionalProperties',
  ...LOWER,
  ...UPPER,
  ...SAME,
];
const understood = new Set([...ANNOTATIONS, ...MARKS, ...COMPARED]);

function opaqueBreaks(change: Change): readonly string[] {
  const { before, now, path } = change;
  const isOpaque = (keyword: string) => (keyword === 'items' ? isTuple(change) : !understood.has(keyword));
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((keyword) => isOpaque(keyword) && !isDeepStrictEqual(before[keyword], now[keyword]))
    .map((keyword) => `${named(path)}has another ${keyword}`);
}

/** The beginning of a sentence about the value there. */
function named(path: string): string {
  return path === '' ? '' : `field "${path}" `;
}
