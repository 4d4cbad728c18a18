// A PostgreSQL for this run only that is killed now and then, and ends with us however we end.
import type { Guard } from '../guard.ts';
import { startPostgres } from '../postgres/server.ts';

export interface Mortal {
  /** URL of the administrator. */
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port; resolves when it serves. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMortal(name: string, guard: Guard): Promise<Mortal> {
  const server = await startPostgres('thrown away', name);
  const note = (event: 'started' | 'ended') => guard.note({ event, kind: 'server', pid: server.pid });
  note('started');
  let isUp = true;
  const revive = async () => {
    await server.revive();
    note('started');
    isUp = true;
  };
  return {
    url: server.url,
    kill: async () => {
      await server.kill();
      note('ended');
      isUp = false;
    },
    revive,
    stop: async () => {
      // What was interrupted between the two leaves a folder otherwise.
      if (!isUp) await revive();
      await server.stop();
      note('ended');
    },
  };
}
