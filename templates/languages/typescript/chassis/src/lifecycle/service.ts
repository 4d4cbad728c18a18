import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { duration, type Env, loadEnv, milliseconds } from '../config/index.ts';
import { type Database, migrate, openDatabase } from '../database/index.ts';
import { createLogger, createMetrics, type Logger, startTracing } from '../telemetry/index.ts';
import { within } from '../waiting/index.ts';
import { healthPages, isReadyBut, overloadOf, type State } from './health.ts';
import type { Edge, Host, Part } from './part.ts';
import { listen, type Server } from './server.ts';
import { PRODUCTION_DELAY_MS, STOP_LIMITS_MS, stopLimit, stopParts } from './stop.ts';

/** The variables every service has. */
const hostEnv = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'expected a postgres:// URL' })
    .describe("the service's own database, postgres://user:password@host:port/name"),
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(2)
    .max(100)
    .default(10)
    .describe('most connections at once'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe('port of HTTP'),
  BIND_ADDRESS: z.string().optional().describe('address on which it listens'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  LOG_FORMAT: z.enum(['json', 'text']).optional(),
  NODE_ENV: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional().describe('collector of traces, http://host:4318'),
  SHUTDOWN_DELAY: duration().optional().describe('how long requests are still taken after SIGTERM'),
});

export interface ServiceOptions {
  readonly name: string;
  /** The service's own environment variables. */
  readonly config?: z.ZodObject;
  readonly parts: readonly Part[];
  /** Folders of the service's own numbered .sql migrations. */
  readonly migrations?: readonly string[];
  /** process.env by default. */
  readonly env?: Env;
}

export interface RunningService {
  /** Of HTTP. */
  readonly port: number;
  /** All that it listens on, HTTP first. */
  readonly edges: readonly Edge[];
  /** The most that stopping takes. */
  readonly stopLimitMs: number;
  /** Stops in order and resolves when everything is let go of; may be called again. */
  stop(): Promise<void>;
}

/** Checks all variables the service and its parts need; throws ConfigError. */
export function serviceEnv({ config, parts, env = process.env }: ServiceOptions): Env {
  return loadEnv([hostEnv, ...parts.flatMap((part) => part.env ?? []), ...(config ? [config] : [])], env);
}

/**
 * Starts a service: environment, database, migrations, parts in their order, ready. It leaves the process's signals
 * alone. If something cannot start, what was started is stopped and the error is thrown.
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { name, parts, migrations = [] } = options;
  const env = serviceEnv(options);
  const settings = hostEnv.parse(env);
  const log = createLogger(name, env);
  const metrics = createMetrics();
  const flush = await startTracing(name, env);
  const db = openDatabase({ url: settings.DATABASE_URL, max: settings.DATABASE_POOL_SIZE, log });
  const state: State = { phase: 'starting', running: new Map() };
  const pages = healthPages({ state, db, metrics });
  const ready = async () => (await pages.get('/readyz')?.())?.status === 200;
  const address = bindAddress(settings);
  const server = await listen({ port: settings.PORT, address, state, pages }).catch(async (error) => {
    await db.close();
    throw error;
  });

  const all: Started = { state, server, db, flush, log };
  try {
    const folders = [...parts.flatMap((part) => part.migrations ?? []), ...migrations];
    await migrate({ url: settings.DATABASE_URL, folders, log });
    const host: Host = {
      service: name,
      env,
      db,
      log,
      metrics,
      ready,
      overload: () => overloadOf(state),
    };
    for (const part of parts) state.running.set(part.name, await part.start(host));
  } catch (error) {
    await stopAll(all, 0);
    throw error;
  }
  state.phase = 'ready';
  log.info({ port: server.port }, 'ready');
  for (const [name, part] of state.running)
    part.join?.({ edges: edgesOf(all), ready: () => isReadyBut(name, state, db) });

  const usual = settings.NODE_ENV === 'production' ? PRODUCTION_DELAY_MS : 0;
  const delay = settings.SHUTDOWN_DELAY ? milliseconds(settings.SHUTDOWN_DELAY) : usual;
  let stopped: Promise<void> | undefined;
  return {
    port: server.port,
    edges: edgesOf(all),
    stopLimitMs: stopLimit(delay),
    stop: () => {
      stopped ??= stopAll(all, delay);
      return stopped;
    },
  };
}

function edgesOf({ server, state }: Started): Edge[] {
  const own = [...state.running.values()].flatMap(({ edge }) => edge ?? []);
  return [{ scheme: 'http', port: server.port }, ...own];
}

interface Started {
  readonly state: State;
  readonly server: Server;
  readonly db: Database;
  readonly flush: () => Promise<void>;
  readonly log: Logger;
}

/** A container does not know its address: every one of it. Elsewhere nobody but this machine is let in. */
function bindAddress({ BIND_ADDRESS, NODE_ENV }: z.infer<typeof hostEnv>): string | undefined {
  return BIND_ADDRESS ?? (NODE_ENV === 'production' ? undefined : '127.0.0.1');
}

// The order matters: first nobody sends any more, then nothing new is taken, then all in hand is finished.
async function stopAll({ state, server, db, flush, log }: Started, delayMs: number): Promise<void> {
  state.phase = 'draining';
  await stopParts(state.running, 'leave', { log });
  await sleep(delayMs);
  await stopParts(state.running, 'drain', { log });
  await server.close(STOP_LIMITS_MS.requests);
  await stopParts(state.running, 'stop', { log });
  await within(STOP_LIMITS_MS.flush, flush()).catch((error) =>
    log.warn({ err: error }, 'the last spans were lost'),
  );
  await within(STOP_LIMITS_MS.close, db.close()).catch((error) =>
    log.warn({ err: error }, 'connections of the database are still in use'),
  );
}
