// The broker of compose.yaml, in a project of its own whose data is thrown away.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ToolError } from '../../interrupt.ts';
import { root } from '../../root.ts';
import { environment } from '../../setup.ts';
import { system } from '../../system.ts';
import type { Broker } from './broker.ts';
import type { Kind } from './kinds.ts';

const run = promisify(execFile);

export async function composedBroker(kind: Kind): Promise<Broker> {
  const project = `${system.name}-faults`;
  const compose = async (...args: readonly string[]) => {
    const all = ['compose', '-p', project, ...args];
    await run('docker', all, { cwd: root, env: { ...(await environment()) } }).catch((error) => {
      const said = String(error.stderr || error.message).trim();
      const line = said.split('\n').at(-1);
      throw new ToolError(`docker compose ${args.join(' ')}: ${line} (or use --broker-url)`);
    });
  };
  const revive = () => compose('up', '--detach', '--wait', kind.name);
  const stop = () => compose('down', '--volumes', '--timeout', '5');
  try {
    await revive();
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
  return {
    name: kind.name,
    url: kind.url(await environment()),
    linkable: kind.linkable,
    kill: () => compose('kill', '--signal', 'SIGKILL', kind.name),
    revive,
    freeze: () => compose('pause', kind.name),
    stop,
  };
}
