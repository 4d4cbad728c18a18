/** What the engine says of the containers of a project. */

import { succeed } from '../e2e/commands.ts';

export interface Container {
  /** The service's name in compose.yaml. */
  readonly service: string;
  readonly id: string;
  readonly user: string;
  readonly isReadOnly: boolean;
  readonly droppedCapabilities: readonly string[];
  readonly security: readonly string[];
  readonly memory: number;
  readonly cpus: number;
  readonly pids: number;
  /** How often the engine has started it again after it had ended by itself. */
  readonly restarts: number;
  /** Addresses of this machine that its ports are open on. */
  readonly addresses: readonly string[];
  readonly image: string;
}

interface Inspected {
  readonly Id: string;
  readonly Image: string;
  readonly RestartCount: number;
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly PidsLimit: number | null;
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[] | null>> | null;
  };
}

const label = 'com.docker.compose';

/** All of a project's, also those that have ended. */
export async function containersOf(project: string): Promise<readonly Container[]> {
  const ids = await list(['ps', '--all', '--quiet', '--no-trunc'], project);
  if (ids.length === 0) return [];
  const all: readonly Inspected[] = JSON.parse(await docker('inspect', ...ids));
  return all.map(({ Id, Image, RestartCount, Config, HostConfig }) => ({
    service: Config.Labels[`${label}.service`] ?? '',
    id: Id,
    user: Config.User,
    isReadOnly: HostConfig.ReadonlyRootfs,
    droppedCapabilities: HostConfig.CapDrop ?? [],
    security: HostConfig.SecurityOpt ?? [],
    memory: HostConfig.Memory,
    cpus: HostConfig.NanoCpus / 1e9,
    pids: HostConfig.PidsLimit ?? 0,
    restarts: RestartCount,
    addresses: Object.values(HostConfig.PortBindings ?? {}).flatMap((bindings) =>
      (bindings ?? []).map(({ HostIp }) => HostIp),
    ),
    image: Image,
  }));
}

/** Containers, volumes and networks of a project, as `kind id`. */
export async function remainsOf(project: string): Promise<readonly string[]> {
  const kinds = { container: ['ps', '--all'], volume: ['volume', 'ls'], network: ['network', 'ls'] };
  const found = Object.entries(kinds).map(async ([kind, command]) =>
    (await list([...command, '--quiet'], project)).map((id) => `${kind} ${id}`),
  );
  return (await Promise.all(found)).flat();
}

/** Bytes of an image with all of its layers. */
export async function sizeOf(image: string): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', image));
}

/** When a service's container was started and first found healthy, in nanoseconds of the engine's clock. */
export interface Times {
  readonly started: number;
  readonly healthy: number;
}

/** @param since when the project had no container yet, in seconds */
export async function timesOf(project: string, since: number): Promise<ReadonlyMap<string, Times>> {
  const lines = await docker(
    ...['events', '--since', String(since), '--until', String(Math.ceil(Date.now() / 1000))],
    ...[
      '--filter',
      `label=${label}.project=${project}`,
      '--filter',
      'type=container',
      '--format',
      '{{json .}}',
    ],
  );
  const events = lines.split('\n').map((line) => JSON.parse(line));
  const first = (service: string, status: string): number =>
    events.find(({ Action, Actor }) => Action === status && Actor.Attributes[`${label}.service`] === service)
      ?.timeNano ?? Number.NaN;
  const services = new Set<string>(events.map(({ Actor }) => Actor.Attributes[`${label}.service`]));
  return new Map(
    [...services].map((service) => [
      service,
      { started: first(service, 'start'), healthy: first(service, 'health_status: healthy') },
    ]),
  );
}

async function list(command: readonly string[], project: string): Promise<readonly string[]> {
  const output = await docker(...command, '--filter', `label=${label}.project=${project}`);
  return output.split('\n').filter(Boolean);
}

async function docker(...args: readonly string[]): Promise<string> {
  return (await succeed('docker', args, { cwd: '/', limitMs: 120_000 })).trim();
}
