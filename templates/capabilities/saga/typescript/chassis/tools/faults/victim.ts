// One instance of a service: killed, frozen, cut off.
import type { Instance } from '../instances.ts';
import { ToolError } from '../interrupt.ts';
import { signalGroup } from '../process-group.ts';
import { type ServiceProcess, type ServiceProcessOptions, startService } from '../service-process.ts';
import type { Link, startLink } from './link.ts';

export interface Victim {
  readonly label: string;
  readonly service: string;
  /** Its HTTP address. */
  readonly url: string;
  readonly pid: number | undefined;
  /** Between it and its database. */
  readonly database: Link;
  /** Between it and the broker; undefined where none can be put. */
  readonly broker: Link | undefined;
  /** SIGKILL; it stays down until it is revived. @throws ToolError where it was down already */
  kill(): Promise<void>;
  /** Starts it again; one that is not down is ended by SIGTERM first. */
  revive(): Promise<void>;
  /** SIGSTOP, and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** What it says of itself. */
  readiness(): Promise<string>;
  /** Its metrics, in the text format of Prometheus. */
  metrics(limitMs?: number): Promise<string>;
  stop(): Promise<void>;
}

export interface VictimOptions extends Omit<ServiceProcessOptions, 'service' | 'onCrash'> {
  readonly instance: Instance;
  /** URLs of what it reaches through links. */
  readonly databaseUrl: string;
  readonly brokerUrl: string;
  readonly linkable: boolean;
  readonly link: typeof startLink;
}

export async function startVictim(options: VictimOptions): Promise<Victim> {
  const { instance, databaseUrl, brokerUrl, linkable, link, env, ...rest } = options;
  const { service, label, ports } = instance;
  const database = await link(Number(new URL(databaseUrl).port));
  const broker = linkable ? await link(Number(new URL(brokerUrl).port)) : undefined;
  const process: ServiceProcess = startService({
    ...rest,
    service,
    env: {
      ...env,
      DATABASE_URL: through(database, databaseUrl),
      BROKER_URL: broker ? through(broker, brokerUrl) : brokerUrl,
    },
    onCrash: ({ how }) => rest.onLine(`${label} ${how}`),
  });
  const signal = (name: NodeJS.Signals) => {
    if (process.pid !== undefined) signalGroup(process.pid, name);
  };
  const url = `http://127.0.0.1:${ports.PORT}`;
  return {
    label,
    service: service.name,
    url,
    get pid() {
      return process.pid;
    },
    database,
    broker,
    kill: async () => {
      if (!(await process.kill())) throw new ToolError(`${label} had ended by itself: it was not killed.`);
    },
    revive: process.restart,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    readiness: () => page(`${url}/readyz`, 2_000),
    metrics: (limitMs = 5_000) => page(`${url}/metrics`, limitMs),
    stop: async () => {
      signal('SIGCONT');
      await process.stop();
      await Promise.all([database.close(), broker?.close()]);
    },
  };
}

async function page(url: string, limitMs: number): Promise<string> {
  return (await fetch(url, { signal: AbortSignal.timeout(limitMs) })).text();
}

function through(link: Link, url: string): string {
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(link.port) }).href;
}
