import { parseArgs } from 'node:util';
import { checkBroker, EMBEDDED } from '../faults/brokers/brokers.ts';
import { kinds } from '../faults/brokers/kinds.ts';
import { ToolError } from '../interrupt.ts';
import type { Drill } from './drill.ts';
import { drills } from './drills.ts';

const DEFAULT_SECONDS = 10;
const LONGEST = Math.max(...drills.map(({ name }) => name.length));

export const USAGE = `Usage: npm run drill -- <name> [options]
Starts a system of its own on this machine, whose data is thrown away, does one thing to it while requests come,
and draws what happens, a line for each second.
${drills.map(({ name, title }) => `  ${name.padEnd(LONGEST)}  ${title}`).join('\n')}
Options:
  --seconds <number>  how long the broker is down, or a service slow; ${DEFAULT_SECONDS} by default
  --broker <name>     ${[EMBEDDED, ...kinds.map(({ name }) => name)].join(' or ')}; ${EMBEDDED}, the embedded one, by default
Exit codes: 0 what was to be seen was seen, 1 it was not or there is nothing to see here, 130 interrupted.`;

export interface DrillOptions {
  readonly drill: Drill;
  readonly seconds: number;
  readonly broker: string;
}

/** @throws ToolError that says what is wrong */
export function parseOptions(argv: readonly string[]): DrillOptions | 'help' {
  const { values, positionals } = parse(argv[0] === '--' ? argv.slice(1) : argv);
  if (values.help) return 'help';
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new ToolError(USAGE);
  const drill = drills.find((one) => one.name === name);
  const names = drills.map((one) => one.name).join(', ');
  if (!drill) throw new ToolError(`There is no drill "${name}" here; there are ${names}.`);
  const { seconds = String(DEFAULT_SECONDS), broker = EMBEDDED } = values;
  if (!/^\d{1,4}$/.test(seconds) || Number(seconds) < 1)
    throw new ToolError(`--seconds "${seconds}": write a whole number from 1 on.`);
  checkBroker({ name: broker });
  return { drill, seconds: Number(seconds), broker };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        seconds: { type: 'string' },
        broker: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new ToolError(`${(error as Error).message}\n\n${USAGE}`);
  }
}
