/** `--services` and `--calls`: from lists to the services of the spec. */

import { UserError } from '../errors.ts';
import { defaultServices } from '../spec/defaults.ts';
import type { SpecInput } from '../spec/input.ts';

type Call = readonly [caller: string, callee: string];

export interface ServiceFlags {
  readonly services?: readonly string[] | undefined;
  readonly calls?: readonly string[] | undefined;
  /** Steps bring their own services, so `--calls` beside them is not said of the default ones. */
  readonly sagaSteps?: readonly string[] | undefined;
}

/**
 * The services and their calls; undefined where neither flag is there. `--calls` says all calls. Without it those of
 * the default system hold between the services that are listed.
 * @throws UserError (code 2) that names the flag
 */
export function servicesOf({ services, calls, sagaSteps }: ServiceFlags): SpecInput['services'] {
  if (!services && !calls) return undefined;
  const twice = services?.find((name, index) => services.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(2, `--services names "${twice}" twice`);
  const names = services ?? (sagaSteps ? [] : Object.keys(defaultServices));
  const pairs = calls ? calls.map(readCall) : defaultCalls(names);
  const callers = new Set([...names, ...pairs.map(([caller]) => caller)]);
  const entries = [...callers].map((name) => {
    const called = pairs.filter(([caller]) => caller === name).map(([, callee]) => callee);
    return [name, called.length > 0 ? { calls: called } : {}] as const;
  });
  return Object.fromEntries(entries);
}

function readCall(text: string): Call {
  const [, caller, callee] = /^([^:]+):([^:]+)$/.exec(text) ?? [];
  if (caller && callee) return [caller, callee];
  throw new UserError(2, `--calls "${text}" does not say who calls whom`, {
    hint: 'For example --calls order:user',
  });
}

function defaultCalls(names: readonly string[]): readonly Call[] {
  const all = Object.entries(defaultServices).flatMap(([caller, { calls }]) =>
    calls.map((callee): Call => [caller, callee]),
  );
  return all.filter((pair) => pair.every((name) => names.includes(name)));
}
