/** Adding on a real disk. */

import { appendFileSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { indexOf } from '../../src/catalog/catalog.ts';
import { prepareAddition, prepareNew, specFile } from '../../src/run.ts';
import type { SpecInput } from '../../src/spec/input.ts';
import { settleSpec } from '../../src/spec/settle.ts';
import { lockPath } from '../../src/state/lock.ts';
import { hashOf } from '../../src/tree/hash.ts';
import { fixture as catalog, shipped } from '../catalogs.ts';
import { toolVersion } from '../systems.ts';
import { emptyFolder } from './folder.ts';
import { snapshot } from './snapshot.ts';

async function create(input: SpecInput): Promise<string> {
  const root = join(emptyFolder(), 'system');
  const spec = settleSpec(input, indexOf(catalog));
  await apply(prepareNew(spec, { catalog, toolVersion, root }).changes, { root });
  return root;
}

async function add(root: string, patterns: readonly string[]) {
  const { changes } = prepareAddition({ patterns }, { catalog, toolVersion, root });
  await apply(changes, { root });
  return changes;
}

test('what is added is as what is created', async () => {
  const root = await create({ broker: 'none', circuitBreaker: false });
  await add(root, ['saga-orchestration', 'rabbitmq']);
  await add(root, ['circuit-breaker']);
  expect(snapshot(root)).toEqual(snapshot(await create({})));
});

test('what is there already is added without a change, not even of a time', async () => {
  const root = await create({});
  const before = lstatSync(join(root, 'README.md')).mtimeMs;
  const { changes } = await add(root, ['rabbitmq', 'circuit-breaker']);
  expect(changes).toEqual([]);
  expect(lstatSync(join(root, 'README.md')).mtimeMs).toBe(before);
});

test('a comment and a value of the user in msvc.yaml outlive an addition', async () => {
  const root = await create({ circuitBreaker: false });
  const file = join(root, specFile);
  const edited = readFileSync(file, 'utf8').replace('sync: rest', 'sync: rest # for the browsers');
  writeFileSync(file, `${edited}# Asked for by the shop's team.\n`);
  await add(root, ['circuit-breaker']);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('sync: rest # for the browsers');
  expect(text).toContain("# Asked for by the shop's team.");
  expect(text).toContain('circuitBreaker: { threshold: 5, resetTimeout: 30s }');
});

test('an edit of a service of the user outlives an addition', async () => {
  const root = await create({ circuitBreaker: false });
  const file = join(root, 'services/user/src/users.ts');
  writeFileSync(file, "export const users = ['Grace'];\n");
  await add(root, ['circuit-breaker']);
  expect(readFileSync(file, 'utf8')).toBe("export const users = ['Grace'];\n");
});

test('a saga that the business code does not fit any more is refused, and nothing is changed', async () => {
  const root = join(emptyFolder(), 'system');
  const options = { catalog: shipped, toolVersion, root };
  await apply(prepareNew(settleSpec({}, indexOf(shipped)), options).changes, { root });
  const file = join(root, specFile);
  writeFileSync(file, readFileSync(file, 'utf8').replace('confirm]', 'confirm, shipping.ship]'));
  const before = snapshot(root);
  expect(() => prepareAddition({ patterns: ['rest'] }, options)).toThrow(
    /^msvc\.yaml: the business code of order, inventory, and payment is that of the sample "shop"/,
  );
  expect(snapshot(root)).toEqual(before);
});

test('what is added is not forgotten where the file leaves its key out: it is asked for, and nothing is changed', async () => {
  const root = join(emptyFolder(), 'system');
  const options = { catalog: shipped, toolVersion, root };
  const alone = settleSpec({ broker: 'none', saga: 'none' }, indexOf(shipped));
  await apply(prepareNew(alone, options).changes, { root });
  const file = join(root, specFile);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^sync: rest\n/m, ''));
  const before = snapshot(root);
  expect(() => prepareAddition({ patterns: ['grpc'] }, options)).toThrow(
    expect.objectContaining({ code: 3, message: expect.stringContaining('leaves out "sync"') }),
  );
  expect(snapshot(root)).toEqual(before);
});

test('a file that is no text in UTF-8 is not taken for one that is missing', async () => {
  const root = await create({});
  appendFileSync(join(root, specFile), Buffer.from([0x23, 0xfc, 0x0a]));
  expect(() => prepareAddition({ patterns: ['grpc'] }, { catalog, toolVersion, root })).toThrow(
    `Cannot read ${specFile}: it is not a text in UTF-8`,
  );
});

test('a key that was edited and is asked to change otherwise is a conflict, as in any other file', async () => {
  const root = await create({});
  const file = join(root, specFile);
  writeFileSync(file, readFileSync(file, 'utf8').replace('threshold: 5', 'threshold: 9'));
  const input = { circuitBreaker: { threshold: 7 } };
  const { changes } = prepareAddition(
    { patterns: ['circuit-breaker'], input },
    { catalog, toolVersion, root },
  );
  expect(changes.conflicts.map(({ path }) => path)).toEqual([specFile]);
});

test('what nothing needs any more is deleted, but nothing that the lock claims wrongly', async () => {
  const root = await create({});
  const change = (file: string, from: string, to: string) =>
    writeFileSync(join(root, file), readFileSync(join(root, file), 'utf8').replace(from, to));
  const [secret, theirs] = ['.env', 'services/user/src/breaker.ts'];
  for (const path of [secret, theirs]) writeFileSync(join(root, path), 'TOKEN=abc\n');
  const claims = [secret, theirs].map((path) => `"${path}": "owned ${hashOf('TOKEN=abc\n')}",\n`);
  change(lockPath, '"files": {', `"files": {\n${claims.join('')}`);
  change(specFile, 'circuitBreaker: { threshold: 5, resetTimeout: 30s }', 'circuitBreaker: false');
  const { changes, notes } = await add(root, ['rest']);
  expect(changes).toContainEqual(
    expect.objectContaining({ kind: 'delete', path: 'chassis/typescript/src/breaker.ts' }),
  );
  for (const path of [secret, theirs]) expect(readFileSync(join(root, path), 'utf8')).toBe('TOKEN=abc\n');
  expect(notes).toEqual(
    [secret, theirs].map(
      (path) => `${path} stays: .create-msvc/lock.json lists it, but not as create-msvc wrote it`,
    ),
  );
  expect(readFileSync(join(root, lockPath), 'utf8')).not.toContain(secret);
});

test('a missing requirement names what is needed, and nothing is written', async () => {
  const root = await create({ broker: 'none' });
  const before = snapshot(root);
  await expect(add(root, ['saga-orchestration'])).rejects.toMatchObject({
    path: ['saga'],
    message: expect.stringContaining('"saga-orchestration" needs "broker", and broker is "none"'),
    hint: 'Choose rabbitmq',
  });
  expect(snapshot(root)).toEqual(before);
});

test('a folder that holds no system is refused', async () => {
  await expect(add(emptyFolder(), ['rabbitmq'])).rejects.toMatchObject({ code: 5 });
});

test.each([
  ['that cannot stand', 'sync: rest', 'sync: rets', /^msvc\.yaml:14:7: sync: "rets" is not rest$/],
  [
    'that does not fit the others',
    'broker: rabbitmq',
    'broker: none',
    /^msvc\.yaml:22:3: saga: "saga-orchestration" needs "broker"/,
  ],
])('a value of msvc.yaml %s is told with its line', async (_what, from, to, message) => {
  const root = await create({});
  const file = join(root, specFile);
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  await expect(add(root, ['circuit-breaker'])).rejects.toMatchObject({
    code: 2,
    message: expect.stringMatching(message),
  });
});

test('what msvc.yaml lacks can be added', async () => {
  const root = await create({ broker: 'none' });
  const file = join(root, specFile);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('saga: none', 'saga: { style: orchestration }'));
  expect(await add(root, ['rabbitmq'])).not.toEqual([]);
});
