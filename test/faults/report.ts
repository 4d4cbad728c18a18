/** `npm run test:faults` of a generated system, and what it reports. */

import { start } from '../e2e/commands.ts';

export interface ProbeResult {
  readonly name: string;
  readonly result: 'held' | 'broken' | 'left out';
  readonly detail: string;
}

export interface Fault {
  readonly target: string;
  readonly kind: string;
  readonly inFlight: number;
  readonly by: 'chance' | 'probe';
}

export interface Report {
  readonly sagas: number;
  readonly confirmed: number;
  readonly probes: readonly ProbeResult[];
  readonly faults: readonly Fault[];
  readonly duplicates: number;
  /** How many messages that nobody can read. */
  readonly poison: number;
  /** One that was undone. */
  readonly example?: { readonly key: string; readonly history: readonly { readonly result: string }[] };
  readonly rules: readonly {
    readonly name: string;
    readonly checked: number;
    readonly broken: readonly { readonly order?: string; readonly text: string }[];
  }[];
  readonly settled: { readonly seconds: number; readonly limit: number; readonly left: readonly string[] };
  readonly refusals: readonly string[];
}

/** Runs it in `folder`. @returns its report and its exit code. @throws where it has none, with what it said */
export async function runFaults(
  folder: string,
  flags: readonly string[],
): Promise<{ readonly report: Report; readonly code: number }> {
  const command = start('npm', ['run', '--silent', 'test:faults', '--', '--json', ...flags], { cwd: folder });
  const code = await command.ended;
  return { report: reportIn<Report>(command.output(), code), code };
}

/** The JSON among all that it has printed. */
export function reportIn<R>(output: string, code: number): R {
  const line = output.split('\n').find((text) => text.startsWith('{"seed"'));
  if (line === undefined) throw new Error(`No report (exit code ${code}):\n${output}`);
  return JSON.parse(line) as R;
}
