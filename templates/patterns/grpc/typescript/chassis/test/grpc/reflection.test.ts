import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { credentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { serving } from './notes.ts';

const reflection = createRequire(import.meta.url).resolve('@grpc/reflection');
const path = join(dirname(reflection), '../proto/grpc/reflection/v1/reflection.proto');

interface Field {
  readonly name: string;
  readonly jsonName: string;
  readonly proto3Optional?: boolean;
}

interface Answer {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
}

/** One question to the reflection of a server, as grpcurl asks it. */
async function ask(address: string, question: object): Promise<Answer> {
  const loaded = loadPackageDefinition(loadSync(path));
  // biome-ignore lint/suspicious/noExplicitAny: what is loaded has no type.
  const { ServerReflection } = (loaded as any).grpc.reflection.v1;
  const client = new ServerReflection(address, credentials.createInsecure());
  const stream = client.serverReflectionInfo();
  try {
    stream.write(question);
    const [answer] = await once(stream, 'data');
    stream.end();
    return answer;
  } finally {
    client.close();
  }
}

test('in development a tool learns the services, and their messages as the protos have them', (t) =>
  serving(t, { env: { NODE_ENV: 'development' } }, async ({ address }) => {
    const { listServicesResponse } = await ask(address, { listServices: '' });
    const names = listServicesResponse?.service.map(({ name }) => name);
    assert.deepEqual(names?.toSorted(), ['grpc.health.v1.Health', 'note.v1.NoteService']);

    const { fileDescriptorResponse } = await ask(address, { fileContainingSymbol: 'note.v1.NoteService' });
    const [bytes] = fileDescriptorResponse?.fileDescriptorProto ?? [];
    const { messageType } = descriptor.FileDescriptorProto.decode(bytes ?? assert.fail()).toJSON();
    const { field } = messageType.find(({ name }: { name: string }) => name === 'AddNoteRequest');
    assert.deepEqual(
      field.map(({ name, jsonName, proto3Optional }: Field) => [name, jsonName, proto3Optional === true]),
      [
        ['text', 'text', false],
        ['idempotency_key', 'idempotencyKey', true],
      ],
    );
  }));

test('elsewhere it tells nothing', (t) =>
  serving(t, {}, async ({ address }) => {
    await assert.rejects(ask(address, { listServices: '' }), { code: status.UNIMPLEMENTED });
  }));
