/** The shop over gRPC and REST at once, and clients that share nothing with it but its contracts. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, succeed } from './commands.ts';
import { generateAndInstall } from './project.ts';
import { expectProven } from './proven.ts';
import { pythonWith } from './python.ts';
import { type System, startSystem } from './system.ts';

const client = join(import.meta.dirname, 'foreign_client.py');

let folder: string;
let shop: System;
beforeAll(async () => {
  folder = await generateAndInstall('shop', { spec: 'version: 1\nname: shop\nsync: both\n' });
  await expectProven(folder, 'e2e/grpc.test.ts');
  shop = await startSystem(folder);
});
afterAll(() => shop?.stop());

test('a Python client of the proto places an order and follows it; the same request over REST is the same order', async () => {
  const stubs = await compileProtos();
  const key = randomUUID();
  const { host } = new URL(shop.address('order', 'grpc'));
  const output = await succeed(stubs.python, [client, stubs.folder, host, key], { cwd: folder });
  const seen = JSON.parse(output);
  expect(seen).toMatchObject({
    again: seen.id,
    first: 'ORDER_STATUS_PENDING',
    last: 'ORDER_STATUS_CONFIRMED',
    refused: 'INVALID_ARGUMENT',
  });
  expect(seen.steps).toContain('ConfirmStock');

  const response = await fetch(`${shop.url('order')}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ userId: '1', item: 'widget', quantity: 1 }),
  });
  expect(response.status).toBe(202);
  expect(((await response.json()) as { id: string }).id).toBe(seen.id);
});

/** Stubs of the proto, as its authors' tools make them. */
async function compileProtos(): Promise<{ python: string; folder: string }> {
  const python = await pythonWith(folder, ['grpcio==1.85.3', 'grpcio-tools==1.85.1']);
  const stubs = join(folder, '..', 'stubs');
  await succeed('mkdir', ['-p', stubs], { cwd: folder });
  const protos = join(folder, 'contracts/proto');
  const options = [`-I${protos}`, `--python_out=${stubs}`, `--grpc_python_out=${stubs}`];
  const files = ['order/v1/order.proto'];
  await succeed(python, ['-m', 'grpc_tools.protoc', ...options, ...files], { cwd: folder });
  return { python, folder: stubs };
}

test.each([
  ['whose number is changed', 'string email = 4;', /user\.proto.*field "3".*"email"/s],
  ['whose number another one takes', 'string phone = 3;', /user\.proto.*Field "3".*"email" to "phone"/s],
  ['whose number one of another type takes', 'int64 phone = 3;', /user\.proto.*Field "3".*"phone".*"int64"/s],
])('a field %s is named by npm run contracts:breaking', async (_what, changed, sentence) => {
  const proto = 'contracts/proto/user/v1/user.proto';
  await succeed('sed', ['-i', `s/string email = 3;/${changed}/`, proto], { cwd: folder });
  const { code, output } = await run('npm', ['run', 'contracts:breaking'], { cwd: folder });
  await succeed('git', ['checkout', proto], { cwd: folder });
  expect(output).toMatch(sentence);
  expect(code).not.toBe(0);
});

test('what breaks who uses the last release is named by npm run contracts:check', async () => {
  const check = (...args: string[]) => run('npm', ['run', '-s', 'contracts:check', ...args], { cwd: folder });
  await succeed('git', ['tag', 'v1.0.0'], { cwd: folder });
  expect(await check()).toEqual({
    code: 0,
    output: 'Nothing of "v1.0.0" is broken: 5 documents compared.\n',
  });

  const contracts = 'contracts/src/inventory.ts';
  const renamed = 's/quantity: z.int().positive() }/amount: z.int().positive() }/';
  await succeed('sed', ['-i', renamed, contracts], { cwd: folder });
  await succeed('sed', ['-i', 's/sold: z.int().nonnegative()/sold: z.string()/', contracts], { cwd: folder });
  const { code, output } = await check();
  expect((await check('--', '--against', 'v9')).code).toBe(2);
  await succeed('git', ['checkout', contracts], { cwd: folder });
  expect(code).toBe(1);
  for (const sentence of [
    'contracts/asyncapi.json: message "ReserveStock": field "quantity" is gone.',
    'contracts/asyncapi.json: message "ReserveStock": field "amount" is now required.',
    'contracts/openapi/inventory.json: GET /api/inventories, response 200: field "items[].sold" was integer, is now string.',
  ]) {
    expect(output).toContain(sentence);
  }
});
