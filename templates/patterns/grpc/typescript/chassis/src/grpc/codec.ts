// Enum values between a message and a schema: JOB_STATUS_PENDING is 'PENDING', JOB_STATUS_UNSPECIFIED is nothing.
import type { PackageDefinition } from '@grpc/proto-loader';

interface Field {
  readonly name: string;
  readonly type: string;
  readonly typeName: string;
}

type Convert = (value: object) => object;

/** How a protobuf message is told from what a schema describes, and the other way round. */
export function codec(type: string, types: PackageDefinition): { encode: Convert; decode: Convert } {
  return {
    encode: converter(type, { types, value: (text, prefix) => prefix + text, made: new Map() }),
    decode: converter(type, { types, value: withoutPrefix, made: new Map() }),
  };
}

/** A value that this side does not know yet comes as its number; the schema judges it, as anything else. */
function withoutPrefix(value: string | number, prefix: string): string | number | undefined {
  if (typeof value === 'number') return value;
  return value === `${prefix}UNSPECIFIED` ? undefined : value.slice(prefix.length);
}

interface Direction {
  readonly types: PackageDefinition;
  readonly value: (value: string, prefix: string) => string | number | undefined;
  /** By type; a message may contain itself. */
  readonly made: Map<string, Convert>;
}

function converter(type: string, direction: Direction): Convert {
  const known = direction.made.get(type);
  if (known) return known;
  let steps: [string, (value: never) => unknown][] = [];
  const convert: Convert = (message) => {
    if (steps.length === 0) return message;
    const copy: Record<string, unknown> = { ...message };
    for (const [name, step] of steps) {
      const value = copy[name];
      if (value === undefined || value === null) continue;
      copy[name] = Array.isArray(value) ? value.map((item) => step(item as never)) : step(value as never);
    }
    return copy;
  };
  direction.made.set(type, convert);
  steps = stepsOf(type, direction);
  return convert;
}

/** The fields that are not the same in both forms. */
function stepsOf(type: string, direction: Direction): [string, (value: never) => unknown][] {
  const { field: fields } = (direction.types[type] as unknown as { type: { field: Field[] } }).type;
  const prefix = type.slice(0, type.lastIndexOf('.') + 1);
  return fields.flatMap(({ name, type: kind, typeName }): [string, (value: never) => unknown][] => {
    if (kind === 'TYPE_ENUM')
      return [[name, (value: string) => direction.value(value, enumPrefix(typeName))]];
    const inner = prefix + typeName;
    if (kind !== 'TYPE_MESSAGE' || !needsSteps(inner, direction.types)) return [];
    return [[name, converter(inner, direction)]];
  });
}

function needsSteps(type: string, types: PackageDefinition, seen = new Set<string>()): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  const { field: fields } = (types[type] as unknown as { type: { field: Field[] } }).type;
  const prefix = type.slice(0, type.lastIndexOf('.') + 1);
  return fields.some(
    ({ type: kind, typeName }) =>
      kind === 'TYPE_ENUM' || (kind === 'TYPE_MESSAGE' && needsSteps(prefix + typeName, types, seen)),
  );
}

/** `JobStatus` -> `JOB_STATUS_`. */
function enumPrefix(name: string): string {
  return `${name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_`;
}
