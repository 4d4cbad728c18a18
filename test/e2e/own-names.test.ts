/** A system with names of its own runs like the shop, in both styles of sagas. */

import { beforeAll, describe, expect, test } from 'vitest';
import { runFaults } from '../faults/report.ts';
import { succeed } from './commands.ts';
import { generateAndInstall } from './project.ts';

const specOf = (style: string) => `name: holiday
services:
  customer: {}
  trip: { calls: [customer] }
  hotel: {}
  flight: {}
saga:
  name: book-trip
  style: ${style}
  initiator: trip
  steps: [hotel.reserve/cancel, flight.book/cancel!, hotel.confirm]
`;

describe('orchestrated', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await generateAndInstall('holiday', { spec: specOf('orchestration') });
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
});

describe('choreographed', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await generateAndInstall('holiday', { spec: specOf('choreography') });
  });

  test('npm run demo confirms one trip and takes another back', async () => {
    const output = await succeed('npm', ['run', 'demo'], { cwd: folder });
    expect(output).toMatch(/HotelReserved.*CONFIRMED.*HotelCanceled undone.*REJECTED/s);
  });

  // Those that meet the code that was generated for these names: what undoes a trip, and what is asked for again.
  test('npm run test:faults finds that its mechanisms hold', async () => {
    const probes = ['dead-letter', 'deadline', 'undo', 'tombstone', 'database-outage'];
    const only = probes.flatMap((probe) => ['--only', probe]);
    const { report, code } = await runFaults(folder, [...only, '--seed', '1']);
    expect(report.probes.map(({ name, result }) => `${name} ${result}`)).toEqual(
      probes.map((probe) => `${probe} held`),
    );
    expect(report.rules.filter(({ broken }) => broken.length > 0)).toEqual([]);
    expect(code).toBe(0);
  });
});
