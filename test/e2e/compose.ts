/** The compose file of a generated system, beside others on the same machine: a project and ports of its own. */

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { succeed } from './commands.ts';
import { freePort } from './free-port.ts';
import { onInterrupt } from './interrupt.ts';

export interface Compose {
  /** The name that its containers, networks and volumes are labelled with. */
  readonly project: string;
  /** Runs `docker compose` at the root of the system. @returns its output */
  run(...args: readonly string[]): Promise<string>;
  /** The port on this machine, by service and the port inside. */
  port(service: string, inside: number): number;
  /** Removes containers, networks, volumes and the images that were built. */
  remove(): Promise<void>;
}

/** By service: the ports that it publishes. They stay the same when a container starts again. */
export type Published = Readonly<Record<string, readonly number[]>>;

/** @param files those beside compose.yaml, by their paths in the system */
export async function composeOf(
  folder: string,
  published: Published,
  files: readonly string[] = [],
): Promise<Compose> {
  const ports = new Map<string, number>();
  const lines = ['services:'];
  for (const [service, insides] of Object.entries(published)) {
    lines.push(`  ${service}:`, '    ports: !override');
    for (const inside of insides) {
      const port = await freePort();
      ports.set(`${service}:${inside}`, port);
      lines.push(`      - 127.0.0.1:${port}:${inside}`);
    }
  }
  const override = join(dirname(folder), 'ports.yaml');
  // A mapping, also where none is published anew.
  await writeFile(override, lines.length > 1 ? `${lines.join('\n')}\n` : 'services: {}\n');
  const project = `create-msvc-e2e-${randomUUID().slice(0, 8)}`;
  const env = {
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_FILE: ['compose.yaml', ...files, override].join(':'),
  };
  const down = ['down', '--volumes', '--rmi', 'local', '--timeout', '5'];
  onInterrupt(() => {
    execFileSync('docker', ['compose', ...down], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
  });
  const run = (...args: readonly string[]) =>
    succeed('docker', ['compose', ...args], { cwd: folder, env, limitMs: 1_200_000 });
  return {
    project,
    run,
    port: (service, inside) => {
      const port = ports.get(`${service}:${inside}`);
      if (port === undefined) throw new Error(`${service} does not publish ${inside}`);
      return port;
    },
    remove: async () => {
      await run(...down);
    },
  };
}
