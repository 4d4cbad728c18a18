/** A system without messages and sagas: only services that call each other. */

import { beforeAll, expect, test } from 'vitest';
import { descendantsOf, isAlive } from './processes.ts';
import { generateAndInstall } from './project.ts';
import { expectProven } from './proven.ts';
import { startSystem } from './system.ts';
import { until } from './until.ts';

let folder: string;
beforeAll(async () => {
  folder = await generateAndInstall('calls', { flags: ['--broker', 'none', '--saga', 'none'] });
  await expectProven(folder, 'e2e/no-broker.test.ts');
});

test('npm run dev starts it, a request is answered, and Ctrl-C leaves no process', async () => {
  const system = await startSystem(folder);
  const processes = await descendantsOf(system.pid);
  try {
    for (const service of ['user', 'order', 'inventory', 'payment']) {
      const response = await fetch(`${system.url(service)}/${service === 'user' ? 'api/users/1' : 'readyz'}`);
      expect({ service, status: response.status }).toEqual({ service, status: 200 });
    }
    expect(processes.filter(({ command }) => command.includes('/src/main.ts'))).toHaveLength(4);
  } finally {
    await system.stop();
  }
  await until(async () => !processes.some(isAlive), {
    what: () => `the end of ${JSON.stringify(processes.filter(isAlive))}`,
    limitMs: 30_000,
  });
});
