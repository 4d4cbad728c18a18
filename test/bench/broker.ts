/** A RabbitMQ to measure with: the one of BROKER_URL, or a container of its own. */

import { readFileSync } from 'node:fs';
import { run, succeed } from '../e2e/commands.ts';
import { ensureEngine } from '../e2e/engine.ts';
import { until } from '../e2e/until.ts';

export interface Broker {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** @throws when BROKER_URL names none and there is no container engine */
export async function startBroker(cwd: string): Promise<Broker> {
  const given = process.env.BROKER_URL ?? '';
  if (given.startsWith('amqp')) return { url: given, stop: async () => {} };
  await ensureEngine();
  const images = readFileSync(new URL('../../templates/images.json', import.meta.url), 'utf8');
  const image: string = JSON.parse(images).rabbitmq;
  const name = `create-msvc-bench-${process.pid}`;
  const docker = (...args: readonly string[]) => succeed('docker', args, { cwd });
  const stop = () => run('docker', ['rm', '--force', '--volumes', name], { cwd });
  await docker('run', '--detach', '--name', name, '--publish', '127.0.0.1::5672', image);
  try {
    const isOpen = async () => {
      await docker('exec', name, 'rabbitmq-diagnostics', '--quiet', 'check_port_connectivity');
      return true;
    };
    await until(isOpen, { what: () => `${image} takes connections`, limitMs: 120_000 });
    const address = (await docker('port', name, '5672')).trim();
    return { url: `amqp://guest:guest@${address}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
