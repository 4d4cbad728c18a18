/**
 * The context in zod, for the test that checks every template against it. It is never loaded by the CLI. A key that
 * the context has and this lacks fails that test, and the other way round.
 */

import * as z from 'zod';
import { type Catalog, declaredFields } from '../catalog/catalog.ts';

const text = z.string();
const flag = z.boolean();
const words = { name: text, Pascal: text, camel: text, snake: text, UPPER: text, text };
const message = z.strictObject(words);

const action = z.strictObject({
  ...{ key: text, service: text, Service: text, serviceCamel: text },
  ...{ name: text, Pascal: text, camel: text, text },
  ...{ pivot: flag, compensatable: flag, retriable: flag },
  ...{ follows: z.array(message.extend({ service: text, Service: text })), joins: flag },
  ...{ command: message, done: message, refused: message.nullable() },
  ...{ compensation: message.nullable(), undone: message.nullable() },
});

const ports = { port: z.number(), secondPort: z.number() };
const call = { ...words, ...ports, envKey: text, startsFirst: flag, pluralCamel: text };

const neighbour = message.extend({ eventsChannel: text, group: text });

const service = z.strictObject({
  ...words,
  ...{ plural: text, Plural: text, pluralCamel: text, pluralSnake: text },
  ...{ role: text, initiator: flag, participant: flag, resource: flag, generic: flag, guarded: flag },
  ...{ refuses: flag, compensates: flag },
  ...{
    language: text,
    port: z.number(),
    secondPort: z.number(),
    database: text,
    group: text,
    sample: text.nullable(),
  },
  calls: z.array(
    z.strictObject({ ...call, parameter: text, behindTwo: z.number(), behindThree: z.number() }),
  ),
  actions: z.array(action),
  ...{ commandsChannel: text, eventsChannel: text, repliesChannel: text },
  ...{ follows: z.array(neighbour), followers: z.array(neighbour) },
});

const saga = z.strictObject({
  ...words,
  ...{ generic: flag, calls: z.array(z.strictObject(call)), lastStep: text },
  ...{ pivotKey: text, lastUndo: text, lastUndoResult: text },
  ...{ style: text, initiator: text, noun: text, aNoun: text, Noun: text, nounCamel: text, nounSnake: text },
  ...{ plural: text, Plural: text, pluralCamel: text, key: text, keySnake: text },
  steps: z.array(action.extend({ undoes: z.array(action) })),
  participants: z.array(message),
  ...{ started: message, confirm: message, confirmed: message, reject: message, rejected: message },
});

/** The context of a template, with what only files of a service or of a step have. */
export function contextSchema(
  catalog: Catalog,
  { scope }: { readonly scope: 'system' | 'service' | 'action' },
) {
  const capabilities = catalog.sources.flatMap(({ provides }) => provides);
  const languages = Object.values(catalog.versions);
  const packages = languages.flatMap((versions) => Object.keys(versions));
  const lists = z.strictObject(listShapes(catalog));
  return z.strictObject({
    name: text,
    toolVersion: text,
    services: z.array(service.extend({ lists })),
    saga: saga.nullable(),
    breaker: z.strictObject({ threshold: z.number(), resetTimeout: text }).nullable(),
    ...{ single: flag, calls: flag },
    capabilities: recordOf(capabilities, flag),
    patterns: z.array(z.strictObject({ id: text, title: text, when: text, cost: text })),
    postgres: z.strictObject({ connections: z.number(), processes: z.number() }),
    images: recordOf(Object.keys(catalog.images), text),
    versions: recordOf(packages, text),
    lists,
    ...(scope !== 'system' && { service }),
    ...(scope === 'action' && { action }),
  });
}

function recordOf<T extends z.ZodType>(keys: readonly string[], value: T) {
  return z.strictObject(Object.fromEntries(keys.map((key) => [key, value])));
}

function listShapes(catalog: Catalog) {
  const lists = catalog.sources.flatMap(({ declares }) => Object.entries(declares));
  return Object.fromEntries(
    lists.map(([list, fields]) => [list, z.array(recordOf(declaredFields(fields), text))] as const),
  );
}
