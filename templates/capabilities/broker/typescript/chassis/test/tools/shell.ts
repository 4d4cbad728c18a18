import type { Shell } from '../../tools/operator/shell.ts';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs an operator's command in this process: what it said, and its exit code. */
export async function said(
  env: Readonly<Record<string, string>>,
  command: (shell: Shell) => Promise<number>,
): Promise<Said> {
  const lines = { out: '', err: '' };
  const code = await command({
    env,
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
