// The OpenAPI 3.1 document of one or more APIs, from the same schemas that check the requests. It is a function of
// the contracts alone, with keys in canonical order, so that a difference in the document is one in the contract.
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type Api, canonical, type Operation } from '../contract/index.ts';
import type { ErrorCode } from '../errors/index.ts';
import { STATUS } from './problem.ts';

type Json = Record<string, unknown>;

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457 problem',
  required: ['type', 'title', 'status', 'error'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    error: { type: 'string', description: 'What went wrong, in one sentence' },
    errors: {
      type: 'array',
      description: 'Which input was wrong',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Repeated with the same key and body within 24 hours, the request gets the first answer again',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

/** The OpenAPI document of `apis`, ready for JSON.stringify. */
export function openApiDocument(options: { title: string; version: string; apis: readonly Api[] }): Json {
  const { title, version, apis } = options;
  const paths: Record<string, Json> = {};
  for (const { service, operations } of apis) {
    for (const [name, operation] of Object.entries(operations)) {
      const path = operation.path.replace(/:(\w+)/g, '{$1}');
      const described = { operationId: name, tags: [service], ...describe(operation) };
      paths[path] = { ...paths[path], [operation.method.toLowerCase()]: described };
    }
  }
  const responses = Object.fromEntries(
    Object.entries(STATUS).map(([code, status]) => [code, problemResponse(STATUS_CODES[status])]),
  );
  return canonical({
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: '/' }],
    // Who may call is not in the contracts: authentication is added in front of the handlers.
    security: [],
    paths,
    components: { schemas: { Problem: PROBLEM }, responses },
  }) as Json;
}

function describe(operation: Operation): Json {
  const { summary, method, path, input, idempotencyKey } = operation;
  const hasBody = method === 'POST' || method === 'PUT';
  const { properties = {}, required = [], ...rest } = jsonSchema(input, 'input') as ObjectSchema;
  const example = operation.example.input as Json;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const others = Object.keys(properties).filter((name) => !inPath.includes(name));
  const parameter = (place: 'path' | 'query') => (name: string) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: properties[name] ?? {},
    ...(name in example ? { example: example[name] } : {}),
  });
  const parameters = [
    ...inPath.map(parameter('path')),
    ...(hasBody ? [] : others.map(parameter('query'))),
    ...(idempotencyKey ? [IDEMPOTENCY_KEY] : []),
  ];
  const body = {
    ...rest,
    properties: pick(properties, others),
    required: required.filter((name) => others.includes(name)),
  };
  return {
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(hasBody ? { requestBody: { required: true, content: json(body, pick(example, others)) } } : {}),
    responses: responsesOf(operation),
  };
}

function responsesOf({ method, status = 200, location, idempotencyKey, ...operation }: Operation): Json {
  const success = {
    description: STATUS_CODES[status],
    content: json(jsonSchema(operation.output, 'output'), operation.example.output),
    ...(location ? { headers: { Location: { schema: { type: 'string', format: 'uri-reference' } } } } : {}),
  };
  const codes = new Set<string>(['InvalidArgument', 'TooManyRequests', 'Internal', 'Unavailable']);
  for (const code of idempotencyKey ? ['Conflict', 'Unprocessable'] : []) codes.add(code);
  for (const code of operation.errors ?? []) codes.add(code);
  const problems = [...codes].map((code) => {
    if (!(code in STATUS)) throw new Error(`"${code}" is not an error of operation "${operation.summary}"`);
    return [STATUS[code as ErrorCode], { $ref: `#/components/responses/${code}` }];
  });
  const tooLarge = method === 'POST' || method === 'PUT' ? { 413: problemResponse(STATUS_CODES[413]) } : {};
  return { [status]: success, ...Object.fromEntries(problems), ...tooLarge };
}

interface ObjectSchema extends Json {
  readonly properties?: Json;
  readonly required?: readonly string[];
}

// Readers are tolerant: what is not in the schema is dropped, not refused. A format needs no pattern that spells it out.
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema: inner }) => {
      if (inner.additionalProperties === false) delete inner.additionalProperties;
      if (inner.format !== undefined) delete inner.pattern;
    },
  });
  return described;
}

const json = (schema: Json, example: unknown) => ({ 'application/json': { schema, example } });

const problemResponse = (description: string | undefined) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function pick(record: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
}
