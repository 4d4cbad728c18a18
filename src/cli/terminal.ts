/** Where a run reads from and prints to. Tests pass their own; everything else gets it as an argument. */

import { styleText } from 'node:util';

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by a signal; its reason is the `UserError` (code 129, 130 or 143) that ends the run. */
  readonly signal: AbortSignal;
}

export interface Answering {
  readonly yes?: boolean | undefined;
  readonly input?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Whether a question may be asked at all. Decided once a run; without it no prompt is ever opened. */
export function isInteractive({ stdin, stdout, env }: Terminal, { yes, input, json }: Answering): boolean {
  return Boolean(stdin.isTTY && stdout.isTTY) && !env.CI && !yes && input !== false && !json;
}

const formats = ['bold', 'dim', 'red', 'green', 'cyan'] as const;

export type Colours = Readonly<Record<(typeof formats)[number], (text: string) => string>>;

/**
 * Colours for one stream: as FORCE_COLOR says, else NO_COLOR (no-color.org), TERM=dumb, and whether somebody looks at
 * it. The flag is FORCE_COLOR by the time it gets here.
 */
export function coloursFor(output: Output, env: Terminal['env']): Colours {
  const isOn = wantsColour(output, env);
  const paint = (format: (typeof formats)[number]) => (text: string) =>
    isOn ? styleText(format, text, { validateStream: false }) : text;
  return Object.fromEntries(formats.map((format) => [format, paint(format)])) as Colours;
}

function wantsColour(
  output: Output,
  { FORCE_COLOR: force, NO_COLOR: no, TERM: kind }: Terminal['env'],
): boolean {
  if (force !== undefined) return force !== '0' && force !== 'false';
  return output.isTTY === true && !no && kind !== 'dumb';
}

/** The width to print at: that of the terminal, within what can be read. */
export function widthOf({ columns = 80 }: Output): number {
  return Math.max(30, Math.min(columns, 100));
}
