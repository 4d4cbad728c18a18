/** A system with names of its own: it runs like the shop, and nothing in it tells of the shop. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { succeed } from './commands.ts';
import { generateAndInstall } from './project.ts';

const spec = `name: holiday
services:
  customer: {}
  trip: { calls: [customer] }
  hotel: {}
  flight: {}
saga:
  name: book-trip
  style: orchestration
  initiator: trip
  steps: [hotel.reserve/cancel, flight.book/cancel!, hotel.confirm]
`;

let folder: string;
beforeAll(async () => {
  folder = await generateAndInstall('holiday', { spec });
});

test('npm run check passes', async () => {
  await succeed('npm', ['run', 'check'], { cwd: folder });
});

test('npm test passes with the tests of its services and contracts', async () => {
  const paths = (await succeed('git', ['ls-files', 'services', 'contracts'], { cwd: folder })).split('\n');
  const files = paths.filter((path) => path.endsWith('.test.ts'));
  expect(files).toContain('services/trip/test/book-trip.test.ts');
  await succeed('npm', ['test', '--', ...files], { cwd: folder });
});

test('npm run demo confirms one trip and takes another back', async () => {
  const output = await succeed('npm', ['run', 'demo'], { cwd: folder });
  expect(output).toMatch(/ConfirmHotel succeeded.*CONFIRMED.*CancelHotel undone.*REJECTED/s);
});

/** Words that only the shop has. */
const foreign =
  /\b(shops?|stocks?|inventor(y|ies)|payments?|widgets?|gadgets?|quantit(y|ies)|orders)\b|\btok_/i;

/** English and SQL speak of an order, databases and brokers of users: the shop's are names. */
const orders =
  /\border(_id|Id)\b|order=\d|(['"`])order\2|\/order\b|\border-(events|processor|replies)|\b(Order|ORDER_)[A-Z]/;
const users = /\buser(_id|Id)\b|\bUser[A-Z]|['"`]users?['"`](?!:)|\/users?\b(?!:)|\buser-[a-z$]|\bUSER_[A-Z]/;

test('no word of the shop is in it', async () => {
  const paths = (await succeed('git', ['ls-files'], { cwd: folder })).trim().split('\n');
  const found: string[] = [];
  for (const path of paths.filter((name) => !name.startsWith('.create-msvc/'))) {
    const text = await readFile(join(folder, path), 'utf8');
    for (const line of [path, ...text.split('\n')]) {
      // ReserveStock and stockRefused tell of the shop as much as "stock" does.
      const words = line.replace(/([a-z])([A-Z])/g, '$1 $2');
      if (foreign.test(words) || orders.test(line) || users.test(line)) found.push(`${path}: ${line}`);
    }
  }
  expect(found).toEqual([]);
});
