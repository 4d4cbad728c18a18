import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { schemaBreaks } from '../../tools/contracts/breaking/schema.ts';

const described = (schema: z.ZodType) => z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });

interface Row {
  readonly what: string;
  readonly before: z.ZodType;
  readonly now: z.ZodType;
  readonly senders?: readonly string[];
  readonly readers?: readonly string[];
}

const text = z.string();
const note = z.object({ id: text, note: text.optional() });

const rows: readonly Row[] = [
  { what: 'the same', before: note, now: note },
  { what: 'a new optional field', before: note, now: note.extend({ size: z.int().optional() }) },
  { what: 'a new field with a default', before: note, now: note.extend({ size: z.int().default(1) }) },
  { what: 'another description', before: text, now: text.describe('Any text') },
  {
    what: 'a new required field',
    before: note,
    now: note.extend({ size: z.int() }),
    senders: ['field "size" is now required'],
  },
  {
    what: 'an optional field that is gone',
    before: note,
    now: z.object({ id: text }),
    senders: ['field "note" is gone'],
    readers: ['field "note" is gone'],
  },
  {
    what: 'a required field that is gone',
    before: note,
    now: note.omit({ id: true }),
    senders: ['field "id" is gone'],
    readers: ['field "id" is gone'],
  },
  {
    what: 'a field that becomes required',
    before: note,
    now: note.required(),
    senders: ['field "note" is now required'],
  },
  {
    what: 'a field that becomes optional',
    before: note,
    now: note.partial(),
    readers: ['field "id" may now be left out'],
  },
  {
    what: 'another type',
    before: note,
    now: note.extend({ id: z.int() }),
    senders: ['field "id" was string, is now integer'],
    readers: ['field "id" was string, is now integer'],
  },
  {
    what: 'a wider type of number',
    before: z.object({ size: z.int() }),
    now: z.object({ size: z.number() }),
    readers: ['field "size" was integer, is now number'],
  },
  {
    what: 'null beside text',
    before: note,
    now: note.extend({ id: text.nullable() }),
    readers: ['field "id" was string, is now string or null'],
  },
  {
    what: 'no null any more',
    before: text.nullable(),
    now: text,
    senders: ['was string or null, is now string'],
  },
  {
    what: 'one more value',
    before: z.enum(['open', 'closed']),
    now: z.enum(['open', 'held', 'closed']),
    readers: ['can now be "held"'],
  },
  {
    what: 'values that are gone',
    before: z.enum(['open', 'held', 'closed']),
    now: z.literal('open'),
    senders: ['no longer takes "held"', 'no longer takes "closed"'],
  },
  {
    what: 'certain values in place of any',
    before: text,
    now: z.enum(['open', 'closed']),
    senders: ['takes certain values only'],
  },
  {
    what: 'any value in place of certain ones',
    before: z.literal('open'),
    now: text,
    readers: ['can now be any value of its type'],
  },
  { what: 'values in another form', before: z.enum(['a', 'b']), now: z.literal('b').or(z.literal('a')) },
  {
    what: 'a higher and a lower limit',
    before: text.min(1).max(10),
    now: text.min(2).max(20),
    senders: ['had minLength 1, has now minLength 2'],
    readers: ['had maxLength 10, has now maxLength 20'],
  },
  {
    what: 'a limit where there was none',
    before: z.array(text),
    now: z.array(text).max(5),
    senders: ['had no maxItems, has now maxItems 5'],
  },
  {
    what: 'a pattern that is lifted',
    before: text.regex(/^a/),
    now: text,
    readers: ['had pattern "^a", has now no pattern'],
  },
  {
    what: 'a field deep within',
    before: z.object({ lines: z.array(z.object({ price: z.object({ amount: z.int() }) })) }),
    now: z.object({ lines: z.array(z.object({ price: z.object({ amount: text }) })) }),
    senders: ['field "lines[].price.amount" was integer, is now string'],
    readers: ['field "lines[].price.amount" was integer, is now string'],
  },
  {
    what: 'the values of a record',
    before: z.record(text, z.int()),
    now: z.record(text, z.int().or(text)),
    readers: ['field "*" was integer, is now integer or string'],
  },
  {
    what: 'one more member of a union',
    before: z.discriminatedUnion('by', [z.object({ by: z.literal('note'), number: text })]),
    now: z.discriminatedUnion('by', [
      z.object({ by: z.literal('note'), number: text }),
      z.object({ by: z.literal('invoice'), number: text }),
    ]),
    readers: ['field "by" can now be "invoice"'],
  },
  {
    what: 'a strict reader and a new field',
    before: z.strictObject({ id: text }),
    now: z.strictObject(note.shape),
    readers: ['field "note" is new, and readers refuse what they do not know'],
  },
  {
    what: 'a reader that becomes strict',
    before: note,
    now: note.strict(),
    senders: ['no longer passes over unknown fields'],
  },
  {
    what: 'what is not understood',
    before: z.tuple([text, text]),
    now: z.tuple([text, z.int()]),
    senders: ['has another items'],
    readers: ['has another items'],
  },
  { what: 'a tuple that is the same', before: z.tuple([text, z.int()]), now: z.tuple([text, z.int()]) },
  {
    what: 'a field with a name that every object has',
    before: z.object({ toString: text }),
    now: z.object({ toString: text }),
  },
  {
    what: 'such a field that is gone',
    before: z.object({ toString: text.optional() }),
    now: z.object({}),
    senders: ['field "toString" is gone'],
    readers: ['field "toString" is gone'],
  },
];

for (const { what, before, now, senders = [], readers = [] } of rows) {
  test(`${what}: what it breaks for senders and for readers`, () => {
    const found = (knows: 'senders' | 'readers' | 'both') =>
      schemaBreaks(described(before), described(now), knows);
    assert.deepEqual(found('senders'), senders);
    assert.deepEqual(found('readers'), readers);
    assert.deepEqual(new Set(found('both')), new Set([...senders, ...readers]));
  });
}
