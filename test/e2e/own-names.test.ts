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

test('npm test passes', async () => {
  await succeed('npm', ['test'], { cwd: folder, limitMs: 1_100_000 });
});

test('npm run demo confirms one trip and takes another back', async () => {
  const output = await succeed('npm', ['run', 'demo'], { cwd: folder });
  expect(output).toMatch(/ConfirmHotel succeeded.*CONFIRMED.*CancelHotel undone.*REJECTED/s);
});

/** Words that only the shop has. */
const foreign =
  /\b(shops?|stocks?|inventor(y|ies)|payments?|widgets?|gadgets?|cards?|quantit(y|ies)|orders)\b|\btok_|@app\/(user|order)\b/i;

/** English and SQL speak of an order, and databases and brokers of users: only as a name they are the shop's. */
const asName = /\border(id)?['"`:_/.=]|['"`/_.]order|\buser(id|api)|['"`/]users?['"`/-]|\buser_id|\bUSER_/i;

test('no word of the shop is in it', async () => {
  const paths = (await succeed('git', ['ls-files'], { cwd: folder })).trim().split('\n');
  const found: string[] = [];
  for (const path of paths.filter((name) => !name.startsWith('.create-msvc/'))) {
    const lines = [path, ...(await readFile(join(folder, path), 'utf8')).split('\n')];
    // As words: ReserveStock and orderId tell of the shop as much as "stock" does.
    const words = lines.map((line) => line.replace(/([a-z])([A-Z])/g, '$1 $2'));
    for (const [number, line] of words.entries()) {
      if (foreign.test(line) || asName.test(lines[number] ?? ''))
        found.push(`${path}:${number}: ${lines[number]}`);
    }
  }
  expect(found).toEqual([]);
});
