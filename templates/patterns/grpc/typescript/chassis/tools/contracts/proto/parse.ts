import protobuf from 'protobufjs';
import type { Enum, Field, Message, Method, ProtoFile } from './model.ts';

/** Reads a proto with one service; throws where it is none. */
export function parseProto(text: string): ProtoFile {
  const options = { keepCase: true, alternateCommentMode: true };
  const { root, package: name = '' } = protobuf.parse(text, options) as protobuf.IParserResult & {
    package?: string;
  };
  const all = (root.lookup(name) as protobuf.Namespace | null)?.nestedArray ?? [];
  const service = all.find((item) => item instanceof protobuf.Service);
  if (!service) throw new Error(`The package "${name}" has no service`);
  return {
    package: name,
    service: service.name,
    methods: service.methodsArray.map(methodOf),
    types: all.flatMap((item): (Message | Enum)[] => {
      if (item instanceof protobuf.Type) return [messageOf(item)];
      return item instanceof protobuf.Enum ? [enumOf(item)] : [];
    }),
  };
}

function methodOf({ name, requestType, responseType, responseStream, comment }: protobuf.Method): Method {
  return {
    name,
    request: requestType,
    response: responseType,
    isStream: responseStream === true,
    comment: comment ?? '',
  };
}

function messageOf({ name, fieldsArray, reserved = [], comment }: protobuf.Type): Message {
  return {
    kind: 'message',
    name,
    fields: fieldsArray.map(fieldOf),
    reserved: {
      numbers: reserved.flatMap((one) => (Array.isArray(one) ? range(one as [number, number]) : [])),
      names: reserved.flatMap((one) => (typeof one === 'string' ? [one] : [])),
    },
    comment,
  };
}

function range([first, last]: [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function fieldOf({ name, id, type, repeated, options, comment }: protobuf.Field): Field {
  const label = repeated ? 'repeated' : options?.proto3_optional ? 'optional' : '';
  return { name, type, number: id, label, comment };
}

function enumOf({ name, values, comment }: protobuf.Enum): Enum {
  const all = Object.entries(values).map(([value, number]) => ({ name: value, number }));
  return { kind: 'enum', name, values: all.sort((a, b) => a.number - b.number), comment };
}
