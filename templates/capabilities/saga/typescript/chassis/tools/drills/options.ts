import { parseArgs } from 'node:util';
import { type Duration, milliseconds } from '@app/chassis/config';
import { type BrokerChoice, EMBEDDED } from '../faults/brokers/brokers.ts';
import { BROKER_OPTIONS, BROKER_USAGE, brokerChoice } from '../faults/brokers/choice.ts';
import { kinds } from '../faults/brokers/kinds.ts';
import { WrongUsage } from '../interrupt.ts';
import { type CallGuard, callGuards } from './called.ts';
import type { Drill } from './drill.ts';
import { drillsWith } from './drills.ts';

const DEFAULT_SECONDS = 10;
/** A state that lasts shorter than this may not be seen. */
const SHORTEST_RESET_MS = 2_000;

const [guard] = callGuards;
const known = drillsWith(guard);
const LONGEST = Math.max(...known.map(({ name }) => name.length));
const RESET_USAGE = guard
  ? `
  --reset-timeout <duration>  how long calls are refused before a trial, for this run only; ${guard.resetTimeout} by default`
  : '';

export const USAGE = `Usage: npm run drill -- <name> [options]
Starts a system of its own on this machine, whose data is thrown away, does one thing to it while requests come,
and draws what happens, a line for each second.
${known.map(({ name, title }) => `  ${name.padEnd(LONGEST)}  ${title}`).join('\n')}
Options:
  --seconds <number>  how long the broker is down, or a service slow; ${DEFAULT_SECONDS} by default${RESET_USAGE}
  --broker <name>     ${[EMBEDDED, ...kinds.map(({ name }) => name)].join(' or ')}; ${EMBEDDED}, the embedded one, by default
${BROKER_USAGE}
Exit codes: 0 what was to be seen was seen, 1 it was not, 2 wrong arguments, 130 interrupted.`;

export interface DrillOptions {
  readonly drill: Drill;
  readonly seconds: number;
  readonly broker: BrokerChoice;
  /** In place of the call guard's own. */
  readonly resetTimeout?: Duration;
}

/** @throws WrongUsage that says what is wrong */
export function parseOptions(argv: readonly string[]): DrillOptions | 'help' {
  const { values, positionals } = parse(argv[0] === '--' ? argv.slice(1) : argv);
  if (values.help) return 'help';
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new WrongUsage(USAGE);
  const resetTimeout = resetTimeoutOf(values['reset-timeout']);
  const drills = drillsWith(shortened(guard, resetTimeout));
  const drill = drills.find((one) => one.name === name);
  const names = drills.map((one) => one.name).join(', ');
  if (!drill) throw new WrongUsage(`There is no drill "${name}" here; there are ${names}.`);
  const { seconds = String(DEFAULT_SECONDS) } = values;
  if (!/^\d{1,4}$/.test(seconds) || Number(seconds) < 1)
    throw new WrongUsage(`--seconds "${seconds}": write a whole number from 1 on.`);
  const options = { drill, seconds: Number(seconds), broker: brokerChoice(values) };
  return resetTimeout === undefined ? options : { ...options, resetTimeout };
}

function shortened(guard: CallGuard | undefined, resetTimeout: Duration | undefined): CallGuard | undefined {
  return guard && resetTimeout !== undefined ? { ...guard, resetTimeout } : guard;
}

function resetTimeoutOf(text: string | undefined): Duration | undefined {
  if (text === undefined) return undefined;
  if (!guard) throw new WrongUsage('--reset-timeout: nothing refuses calls here.');
  const isDuration = /^\d+(\.\d+)?(ms|s|m)$/.test(text);
  if (!isDuration || milliseconds(text as Duration) < SHORTEST_RESET_MS)
    throw new WrongUsage(`--reset-timeout "${text}": write 2s or longer, such as 5s.`);
  return text as Duration;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        seconds: { type: 'string' },
        'reset-timeout': { type: 'string' },
        ...BROKER_OPTIONS,
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new WrongUsage(`${(error as Error).message}\n\n${USAGE}`);
  }
}
