// A tool as the test of killed tools needs it: starts a server and a service with a process of its own.
import { once } from 'node:events';
import { startGuard } from '../../tools/guard.ts';
import { startGroup } from '../../tools/process-group.ts';
import { startGuarded } from '../../tools/stack.ts';

const service = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  console.log(child.pid);
  setInterval(() => {}, 1000);
`;

const guard = startGuard();
const server = await startGuarded('thrown away', guard);
const child = startGroup({
  command: [process.execPath, '-e', service],
  env: process.env as Record<string, string>,
  stdio: ['ignore', 'pipe', 'inherit'],
  guard,
});
const [grandchild] = child.stdout ? await once(child.stdout, 'data') : [];
process.stdout.write(JSON.stringify([server.pid, child.pid, Number(grandchild)]));
