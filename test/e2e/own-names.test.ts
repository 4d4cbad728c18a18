/** A system with names of its own runs like the shop. */

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

test('npm run test:faults kills it, and finds of every trip that it ended as it must', async () => {
  const flags = ['--trips', '20', '--no-probes', '--seed', '1'];
  const output = await succeed('npm', ['run', 'test:faults', '--', ...flags], { cwd: folder });
  expect(output).toContain('confirmed: all is done. Rejected: nothing is left (20 checked)');
  expect(output).toContain('PASSED');
});
