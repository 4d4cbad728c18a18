// Operations: clients of the last release send what it asked for, and read what it answered.
import type { Comparison } from './check.ts';
import { type Json, type Knows, schemaBreaks } from './schema.ts';

export const openApiComparison: Comparison = {
  covers: (path) => path.startsWith('openapi/'),
  breaks: (before, now) => {
    const later = operationsOf(now);
    return [...operationsOf(before)].flatMap(([name, operation]) => {
      const same = later.get(name);
      if (same === undefined) return [`${name} is gone`];
      const changes = [
        ...parameterBreaks(operation.parameters ?? [], same.parameters ?? []),
        ...bodyBreaks(operation.requestBody, same.requestBody, { what: 'request', knows: 'senders' }),
        ...responseBreaks(operation.responses, same.responses),
      ];
      return changes.map((change) => `${name}, ${change}`);
    });
  },
};

/** By method and path, with what is referred to in place. */
function operationsOf(document: Json): ReadonlyMap<string, Json> {
  const resolved = resolve(document.paths ?? {}, document) as Json;
  const operations = Object.entries(resolved).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, operation]) => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
  return new Map(operations as [string, Json][]);
}

const SHARED = '#/components/';

function resolve(value: unknown, document: Json): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => resolve(item, document));
  const { $ref } = value as Json;
  if (typeof $ref === 'string' && $ref.startsWith(SHARED)) {
    const [kind = '', name = ''] = $ref.slice(SHARED.length).split('/');
    return resolve(document.components[kind][name], document);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, document)]));
}

function parameterBreaks(before: readonly Json[], now: readonly Json[]): readonly string[] {
  const named = (parameter: Json) => `${parameter.in} parameter "${parameter.name}"`;
  const earlier = new Map(before.map((parameter) => [named(parameter), parameter]));
  const later = new Map(now.map((parameter) => [named(parameter), parameter]));
  const kept = [...earlier].flatMap(([name, parameter]) => {
    const same = later.get(name);
    if (same === undefined) return [`${name}: is gone`];
    return schemaBreaks(parameter.schema, same.schema, 'senders').map((change) => `${name}: ${change}`);
  });
  const required = [...later]
    .filter(([name, parameter]) => parameter.required && !earlier.get(name)?.required)
    .map(([name]) => `${name}: is now required`);
  return [...kept, ...required];
}

function responseBreaks(before: Json, now: Json): readonly string[] {
  return Object.entries(before).flatMap(([status, response]) => {
    const what = `response ${status}`;
    const same = now[status];
    if (same === undefined) return [`${what}: is gone`];
    const headers = Object.keys(response.headers ?? {}).filter((name) => !(name in (same.headers ?? {})));
    return [
      ...headers.map((name) => `${what}: header "${name}" is gone`),
      ...bodyBreaks(response, same, { what, knows: 'readers' }),
    ];
  });
}

function bodyBreaks(
  before: Json | undefined,
  now: Json | undefined,
  { what, knows }: { what: string; knows: Knows },
): readonly string[] {
  return Object.entries<Json>(before?.content ?? {}).flatMap(([type, { schema }]) => {
    const same = now?.content?.[type];
    if (same === undefined) return [`${what}: ${type} is gone`];
    return schemaBreaks(schema, same.schema, knows).map((change) => `${what}: ${change}`);
  });
}
