import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the tool tells its watchdog. */
export interface Note {
  readonly event: 'started' | 'ended';
  readonly kind: 'group' | 'server';
  readonly pid: number;
}

export interface Guard {
  note(note: Note): void;
}

/** Starts the watchdog of this process. */
export function startGuard(): Guard {
  const script = fileURLToPath(new URL('./watchdog.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx/esm', script], {
    // In a group of its own, out of reach of Ctrl-C and of a closing terminal.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  child.stdin.on('error', () => {});
  return { note: (note) => child.stdin.write(`${JSON.stringify(note)}\n`) };
}
