// The protos of contracts/proto, read when a service starts. What travels is what the zod schemas say: field names are
// the same but for their case, and the values of an enum are told from its name, JOB_STATUS_PENDING from PENDING.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { codec } from './codec.ts';

export interface Proto {
  /** `<service>.v1.<Service>Service`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  /** Path of the file. */
  readonly file: string;
}

const OPTIONS = { keepCase: false, longs: Number, enums: String, defaults: true, arrays: true };

const read = new Map<string, Proto>();

/** The proto of service `price-list`: `price_list/v1/price_list.proto` in `folder`; throws where there is none. */
export function protoOf(service: string, folder = protoFolder()): Proto {
  const file = join(folder, `${service}/v1/${service}.proto`.replaceAll('-', '_'));
  const proto = read.get(file) ?? load(file, folder);
  read.set(file, proto);
  return proto;
}

function load(file: string, folder: string): Proto {
  const loaded = loadSync(file, { ...OPTIONS, includeDirs: [folder] });
  const found = Object.entries(loaded).find(([name]) => name.endsWith('Service'));
  if (!found) throw new Error(`${file} declares no service`);
  const [name, service] = found as [string, ServiceDefinition];
  const methods = Object.entries(service).map(([method, definition]) => [
    method,
    converted(definition as Method, loaded),
  ]);
  return { name, definition: Object.fromEntries(methods), file };
}

type Method = MethodDefinition<object, object> & {
  readonly requestType: { readonly type: { readonly name: string } };
  readonly responseType: { readonly type: { readonly name: string } };
};

/** The method with messages as the schemas have them. */
function converted(method: Method, types: PackageDefinition): Method {
  const prefix = method.path.slice(1, method.path.lastIndexOf('/')).replace(/[^.]*$/, '');
  const request = codec(prefix + method.requestType.type.name, types);
  const response = codec(prefix + method.responseType.type.name, types);
  return {
    ...method,
    requestSerialize: (value) => method.requestSerialize(request.encode(value)),
    requestDeserialize: (bytes) => request.decode(method.requestDeserialize(bytes)),
    responseSerialize: (value) => method.responseSerialize(response.encode(value)),
    responseDeserialize: (bytes) => response.decode(method.responseDeserialize(bytes)),
  };
}

/** `getUser` of the API is `GetUser` of the proto. */
export function methodOf({ name, definition }: Proto, operation: string): MethodDefinition<object, object> {
  const method = definition[operation.charAt(0).toUpperCase() + operation.slice(1)];
  if (!method) throw new Error(`${name} has no method for "${operation}": npm run contracts`);
  return method as MethodDefinition<object, object>;
}

/** Of the repository, or of the image: the nearest one above this file. */
function protoFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const protos = join(folder, 'contracts', 'proto');
    if (existsSync(protos)) return protos;
    if (folder === dirname(folder)) throw new Error('There is no folder contracts/proto');
  }
}
