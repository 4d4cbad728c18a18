// What a server tells of itself, for tools such as grpcurl: the protos as they are written.
import type { Server } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';

interface File {
  readonly messageType: readonly {
    readonly field: readonly { readonly name: string; jsonName?: string; proto3Optional?: boolean }[];
    readonly oneofDecl: readonly { readonly name: string }[];
  }[];
}

/** Adds grpc.reflection.v1 for what `files` declare. */
export function addReflection(server: Server, files: readonly string[]): void {
  const written = loadSync([...files], { keepCase: true });
  new ReflectionService(completed(written)).addToServer(server);
}

/** protobufjs leaves out which fields are `optional`, which tools then take for choices, and what JSON calls them. */
function completed(written: PackageDefinition): PackageDefinition {
  const all = Object.entries(written).map(([name, definition]) => {
    const { fileDescriptorProtos: files } = definition;
    return [
      name,
      Array.isArray(files) ? { ...definition, fileDescriptorProtos: files.map(complete) } : definition,
    ];
  });
  return Object.fromEntries(all);
}

function complete(bytes: Buffer): Buffer {
  const { FileDescriptorProto } = descriptor;
  const file = FileDescriptorProto.decode(bytes) as protobuf.Message & File;
  for (const { field, oneofDecl } of file.messageType)
    for (const one of field) {
      one.jsonName = protobuf.util.camelCase(one.name);
      // What makes a field optional is a choice that has its name.
      if (oneofDecl.some(({ name }) => name === `_${one.name}`)) one.proto3Optional = true;
    }
  return Buffer.from(FileDescriptorProto.encode(file).finish());
}
