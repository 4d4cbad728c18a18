/** `npm run dev` of a generated system, as someone who types it sees it. */

import { start } from './commands.ts';
import { descendantsOf, type Process } from './processes.ts';
import { until } from './until.ts';

export interface System {
  readonly pid: number;
  /** Everything it has printed. */
  output(): string;
  /** The HTTP address of a service, as the system printed it. */
  url(service: string): string;
  /** Its address of another kind, such as `grpc`. */
  address(service: string, scheme: string): string;
  /** The process of a service as it runs now. */
  processOf(service: string): Promise<Process>;
  /** Ctrl-C, and the end. @returns the exit code */
  stop(): Promise<number>;
}

export interface SystemOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What follows `npm run dev --`. */
  readonly args?: readonly string[];
}

/** Starts the system and waits until all of its services are ready. */
export async function startSystem(
  folder: string,
  { env = {}, args = [] }: SystemOptions = {},
): Promise<System> {
  const command = start('npm', ['run', 'dev', '--', ...args], { cwd: folder, env });
  const { pid, output, ended } = command;
  let code: number | undefined;
  void ended.then((value) => {
    code = value;
  });
  const stop = async () => {
    command.signal('SIGINT');
    try {
      await until(async () => code !== undefined, {
        what: () => `the end of npm run dev after Ctrl-C:\n${output()}`,
        limitMs: 90_000,
      });
    } catch (error) {
      // By itself, so that what it has started is ended by its watchdog.
      command.signal('SIGKILL');
      throw error;
    }
    return ended;
  };
  const address = (service: string, scheme: string) => {
    const line = new RegExp(`^ +${service} .*?(${scheme}://localhost:\\d+)(?: |$)`, 'm');
    const found = line.exec(output())?.[1];
    if (!found) throw new Error(`No ${scheme} address of ${service}:\n${output()}`);
    return found;
  };
  try {
    await until(async () => code !== undefined || withAddresses.test(output()), {
      what: () => `every service ready:\n${output()}`,
      limitMs: 180_000,
    });
    if (code !== undefined) throw new Error(`npm run dev ended with ${code}:\n${output()}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid,
    output,
    stop,
    url: (service) => address(service, 'http'),
    address,
    processOf: (service) =>
      until(async () => (await descendantsOf(pid)).find(isService(service)), {
        what: () => `a process of ${service}`,
        limitMs: 60_000,
      }),
  };
}

/** What it prints when all is ready, to the line behind the last address. */
const withAddresses = /Stop with Ctrl-C\.\n(?: .*\n)+\n/;

const isService =
  (service: string) =>
  ({ command }: Process): boolean =>
    /^\S*node /.test(command) && command.endsWith(`services/${service}/src/main.ts`);
