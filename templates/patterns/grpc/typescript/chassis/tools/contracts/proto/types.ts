// The messages and enums of a proto while schemas are fitted into them.
import type { Enum, Field, Message } from './model.ts';

/** What is read of a JSON Schema. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const INT32 = 2 ** 31;

/** One message may be used by several operations: it has the fields of all of them. */
export function typesOf(committed: readonly (Message | Enum)[]) {
  const types = new Map(committed.map((type) => [type.name, type]));
  const used = new Map<string, Set<string>>();

  function use(name: string, { properties = {}, required = [] }: Schema): void {
    const before = used.get(name);
    const seen = new Set(before);
    used.set(name, seen);
    for (const [key, schema] of Object.entries(properties)) {
      const field = snake(key);
      const wasThere = before === undefined || before.has(field);
      seen.add(field);
      fitField(name, field, { schema, isRequired: required.includes(key) && wasThere });
    }
    for (const field of before ?? []) if (!(camel(field) in properties)) makeOptional(name, field);
    if (!types.has(name)) types.set(name, emptyMessage(name));
  }

  function fitField(
    name: string,
    field: string,
    { schema, isRequired }: { schema: Schema; isRequired: boolean },
  ): void {
    const message = messageOf(name);
    const known = message.fields.find((one) => one.name === field);
    const isSecond = known !== undefined && fitted.has(`${name}.${field}`);
    fitted.add(`${name}.${field}`);
    const list = schema.type === 'array' ? schema.items : undefined;
    const type = typeOf(list ?? schema, { message: name, field, known });
    const isOptional = !isRequired || (isSecond && known.label === 'optional');
    const label = list ? 'repeated' : isOptional ? 'optional' : '';
    const fits: Field = {
      name: field,
      type,
      label,
      number: known?.number ?? 0,
      comment: known?.comment ?? null,
    };
    put(name, fits);
  }
  const fitted = new Set<string>();

  function put(name: string, field: Field): void {
    const message = messageOf(name);
    if (field.number > 0) {
      const fields = message.fields.map((one) => (one.name === field.name ? field : one));
      types.set(name, { ...message, fields });
      return;
    }
    const numbers = [...message.fields.map(({ number }) => number), ...message.reserved.numbers, 0];
    const added = { ...field, number: Math.max(...numbers) + 1 };
    // One that comes back is not the field that was there: its name is free again, its number never.
    const names = message.reserved.names.filter((one) => one !== field.name);
    types.set(name, {
      ...message,
      fields: [...message.fields, added],
      reserved: { ...message.reserved, names },
    });
  }

  function makeOptional(name: string, field: string): void {
    const found = messageOf(name).fields.find((one) => one.name === field);
    if (found && found.label === '') put(name, { ...found, label: 'optional' });
  }

  function typeOf(schema: Schema, at: { message: string; field: string; known: Field | undefined }): string {
    const { message, field, known } = at;
    if (schema.enum) return fitEnum(known?.type ?? message + camel(`_${field}`), schema.enum);
    switch (schema.type) {
      case 'string':
        return 'string';
      case 'boolean':
        return 'bool';
      case 'integer':
        // A committed type of integers stays: the other one would be another on the wire.
        return known && /^u?int(32|64)$/.test(known.type) ? known.type : integerType(schema);
      case 'number':
        return 'double';
      case 'object': {
        const inner = known?.type ?? camel(`_${field}`).replace(/(?<=[a-z]{2})s$/, '');
        use(inner, schema);
        return inner;
      }
      default:
        throw new Error(`${message}.${field} has no form in a proto: ${JSON.stringify(schema)}`);
    }
  }

  function fitEnum(name: string, values: readonly string[]): string {
    const prefix = `${snake(name).toUpperCase()}_`.replace(/^_/, '');
    const type = types.get(name) ?? { kind: 'enum', name, values: [], comment: null };
    if (type.kind !== 'enum') throw new Error(`${name} is a message, and an enum in the schema`);
    const all = [...type.values];
    for (const value of ['UNSPECIFIED', ...values]) {
      if (all.some((one) => one.name === prefix + value)) continue;
      all.push({ name: prefix + value, number: Math.max(-1, ...all.map(({ number }) => number)) + 1 });
    }
    types.set(name, { ...type, values: all });
    return name;
  }

  function messageOf(name: string): Message {
    const type = types.get(name) ?? emptyMessage(name);
    if (type.kind !== 'message') throw new Error(`${name} is an enum, and a message in the schema`);
    types.set(name, type);
    return type;
  }

  /** What no schema has any more is reserved, so that nobody gives its number to something else. */
  function all(): (Message | Enum)[] {
    return [...types.values()].map((type) => {
      const fields = used.get(type.name);
      return type.kind === 'message' && fields ? withoutOld(type, fields) : type;
    });
  }

  return { use, all };
}

function withoutOld(message: Message, used: ReadonlySet<string>): Message {
  const old = message.fields.filter(({ name }) => !used.has(name));
  return {
    ...message,
    fields: message.fields.filter(({ name }) => used.has(name)),
    reserved: {
      numbers: [...message.reserved.numbers, ...old.map(({ number }) => number)],
      names: [...message.reserved.names, ...old.map(({ name }) => name)],
    },
  };
}

function emptyMessage(name: string): Message {
  return { kind: 'message', name, fields: [], reserved: { numbers: [], names: [] }, comment: null };
}

function integerType({ minimum = -Infinity, maximum = Infinity }: Schema): string {
  return minimum >= -INT32 && maximum < INT32 ? 'int32' : 'int64';
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
