import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config/index.ts';
import { createLogger, type Logger } from '../telemetry/index.ts';
import { type ServiceOptions, serviceEnv, startService } from './service.ts';

/**
 * Runs a service until the process is told to stop, and ends the process: with 0 after SIGTERM or SIGINT, with 1 if a
 * variable is missing or wrong (one line each), if it cannot start or stop, or after an error that nobody caught.
 * A second signal ends it at once. Its own migrations are those of the folder `migrations` of its package.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const env = envOrExit(options);
  const log = createLogger(options.name, env);
  const fail = (message: string) => (error: unknown) => {
    log.error({ err: error }, message);
    process.exit(1);
  };
  process.on('uncaughtException', fail('uncaught error'));
  process.on('unhandledRejection', fail('unhandled rejection'));

  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  let started = false;
  // Nothing that has begun by now needs to be ended in order: migrations and messages are transactions.
  void signalled.then(() => {
    if (!started) process.exit(0);
  });
  const service = await startService({ migrations: ownMigrations(), ...options, env }).catch(
    fail('cannot start'),
  );
  started = true;

  const signal = await signalled;
  log.info({ signal }, 'stopping');
  forceLater(log, service.stopLimitMs);
  await service.stop();
  log.info({}, 'stopped');
  process.exit(0);
}

function envOrExit(options: ServiceOptions) {
  try {
    return serviceEnv(options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const line of error.lines) console.error(line);
    process.exit(1);
  }
}

function forceLater(log: Logger, limitMs: number): void {
  const force = (reason: string) => () => {
    log.error({ reason }, 'stopped by force');
    process.exit(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, force(`second signal, ${signal}`));
  // Keeps the process: without it one whose parts wait for nothing would end by itself, as if it had failed.
  setTimeout(force(`not stopped within ${limitMs} ms`), limitMs);
}

/** The folder `migrations` of the package that the running program belongs to, if it has one. */
function ownMigrations(): string[] {
  let folder = dirname(process.argv[1] ?? '');
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  const migrations = join(folder, 'migrations');
  return existsSync(migrations) ? [migrations] : [];
}
