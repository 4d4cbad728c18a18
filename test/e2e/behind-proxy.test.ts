/** A system whose services are behind a proxy in Docker: without one, each is at its own address. */

import { beforeAll, expect, test } from 'vitest';
import { succeed } from './commands.ts';
import { generateAndInstall } from './project.ts';
import { expectProven } from './proven.ts';

let folder: string;
beforeAll(async () => {
  folder = await generateAndInstall('proxied', { flags: ['--discovery', 'server'] });
  await expectProven(folder, 'e2e/behind-proxy.test.ts');
});

test('npm run demo confirms one order and takes another back', async () => {
  const output = await succeed('npm', ['run', 'demo'], { cwd: folder });
  expect(output).toMatch(/ConfirmStock succeeded.*CONFIRMED.*ReleaseStock undone.*REJECTED \(declined\)/s);
});
