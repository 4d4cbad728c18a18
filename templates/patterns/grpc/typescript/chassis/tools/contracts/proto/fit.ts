// Brings a proto up to date with an API.
import type { Api, Operation } from '@app/chassis/contract';
import { z } from 'zod';
import type { Method, ProtoFile } from './model.ts';
import { type Schema, typesOf } from './types.ts';

/** The proto of `api`; what `committed` has keeps its names and numbers. */
export function fitApi(api: Api, committed: ProtoFile | undefined): ProtoFile {
  const types = typesOf(committed?.types ?? []);
  const known = new Map(committed?.methods.map((method) => [method.name, method]));
  const methods = Object.entries(api.operations).flatMap(([name, operation]) =>
    methodsOf(name, operation, known),
  );
  for (const { method, input, output } of methods) {
    types.use(method.request, input);
    types.use(method.response, output);
  }
  const snake = api.service.replaceAll('-', '_');
  return {
    package: committed?.package ?? `${snake}.v1`,
    service: committed?.service ?? `${pascal(snake)}Service`,
    methods: methods.map(({ method }) => method),
    types: types.all(),
  };
}

interface Described {
  readonly method: Method;
  readonly input: Schema;
  readonly output: Schema;
}

function methodsOf(name: string, operation: Operation, known: ReadonlyMap<string, Method>): Described[] {
  const { pages, watch, idempotencyKey, summary } = operation;
  const input = jsonSchema(operation.input, 'input');
  const output = jsonSchema(operation.output, 'output');
  const describe = (methodName: string, comment: string, isStream: boolean): Method => ({
    name: methodName,
    request: known.get(methodName)?.request ?? `${methodName}Request`,
    response: known.get(methodName)?.response ?? `${methodName}Response`,
    isStream,
    comment,
  });
  const main = describe(pascal(name), summary, pages !== undefined);
  if (pages !== undefined) {
    // A stream has no pages: its client takes as much as it wants.
    return [{ method: main, input: without(input, 'limit'), output: itemOf(output, pages) }];
  }
  const described = { method: main, input: idempotencyKey ? withKey(input) : input, output };
  if (!watch) return [described];
  const comment = `${summary}, now and whenever it has changed, until it is settled`;
  return [described, { method: describe(pascal(watch.name), comment, true), input, output }];
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  return z.toJSONSchema(schema, { io }) as Schema;
}

function withKey({ properties = {}, ...schema }: Schema): Schema {
  return { ...schema, properties: { ...properties, idempotencyKey: { type: 'string' } } };
}

function without({ properties = {}, ...schema }: Schema, name: string): Schema {
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name)),
  };
}

function itemOf({ properties = {} }: Schema, pages: string): Schema {
  const items = properties[pages]?.items;
  if (!items) throw new Error(`"${pages}" is no list of the output`);
  return items;
}

function pascal(name: string): string {
  return name.replace(/(?:^|_)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
