// The broker of compose.yaml, in a project of its own whose data is thrown away.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from '@app/chassis/testing';
import { ToolError } from '../../interrupt.ts';
import { root } from '../../root.ts';
import { environment } from '../../setup.ts';
import { system } from '../../system.ts';
import type { Broker } from './broker.ts';
import type { Kind } from './kinds.ts';

const run = promisify(execFile);
const END_MS = 10_000;

export async function composedBroker(kind: Kind): Promise<Broker> {
  const project = `${system.name}-faults`;
  const docker = async (...args: readonly string[]) => {
    try {
      const { stdout } = await run('docker', args, { cwd: root, env: { ...(await environment()) } });
      return stdout.trim();
    } catch (error) {
      const { code, stderr, message } = error as Error & { code?: unknown; stderr?: string };
      if (code === 'ENOENT')
        throw new ToolError(
          `There is no docker on the PATH to start ${kind.name} with. --broker-url takes one that runs already.`,
        );
      const line = (stderr || message).trim().split('\n').at(-1);
      throw new ToolError(`docker ${args.join(' ')}: ${line} (or use --broker-url)`);
    }
  };
  const compose = (...args: readonly string[]) => docker('compose', '-p', project, ...args);
  const stop = () => compose('down', '--volumes', '--timeout', '5');
  const revive = () => compose('up', '--detach', '--wait', kind.name);
  /** Of its process on the engine's machine; 0 where there is none. */
  const pidOf = async (container: string) =>
    Number(await docker('inspect', '--format', '{{.State.Pid}}', container));

  if ((await compose('ps', '--all', '--quiet')) !== '')
    throw new ToolError(
      `Another run uses the containers of "${project}", or one that was killed has left them: docker compose -p ${project} down --volumes removes them.`,
    );
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
    kill: async () => {
      const container = await compose('ps', '--quiet', kind.name);
      if (container === '' || (await pidOf(container)) === 0)
        throw new ToolError(`${kind.name} does not run: it was not killed.`);
      await compose('kill', '--signal', 'SIGKILL', kind.name);
      await until(async () => (await pidOf(container)) === 0, {
        limitMs: END_MS,
        what: `the end of ${kind.name}`,
      });
    },
    revive: async () => {
      await revive();
    },
    freeze: async () => {
      await compose('pause', kind.name);
    },
    stop: async () => {
      await stop();
    },
  };
}
