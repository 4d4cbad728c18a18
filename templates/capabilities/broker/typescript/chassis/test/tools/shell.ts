import type { Shell } from '../../tools/operator/shell.ts';
import type { Running } from '../../tools/running.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs an operator's command in this process: what it said, and its exit code. */
export async function said(
  env: Readonly<Record<string, string>>,
  command: (shell: Shell) => Promise<number>,
  { running }: { running?: Running } = {},
): Promise<Said> {
  const lines = { out: '', err: '' };
  const code = await command({
    env,
    running: async () => running,
    signal: new AbortController().signal,
    print: (line) => {
      lines.out += `${line}\n`;
    },
    complain: (message) => {
      lines.err += `${message}\n`;
    },
  });
  return { code, ...lines };
}
