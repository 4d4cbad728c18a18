import { parseArgs } from 'node:util';
import { WrongUsage } from '../interrupt.ts';
import { type BrokerChoice, EMBEDDED } from './brokers/brokers.ts';
import { BROKER_OPTIONS, BROKER_USAGE, brokerChoice } from './brokers/choice.ts';
import { kinds } from './brokers/kinds.ts';
import { probes } from './probes/probes.ts';
import { subject } from './subject.ts';

/** What they are called here. */
const count = `--${subject.plural}`;
const names = [EMBEDDED, ...kinds.map(({ name }) => name)];

export const USAGE = `Usage: npm run test:faults -- [options]
Starts a system of its own on this machine, whose data is thrown away, and kills parts of it while requests keep coming.
  --seed <number>       the same ${subject.plural} and the same faults as before; a new one by default
  ${count} <number>${' '.repeat(Math.max(1, 13 - count.length))}how many; 200 by default
  --rate <number>       of them a second, at most; 25 by default
  --broker <name>       ${names.join(' or ')}; ${EMBEDDED}, the embedded one, by default
  --only <probe>        one probe and nothing else; several times for several
  --times <number>      the probes so many times, with the seeds that follow; 1 by default
  --no-probes           only chance
  --no-faults           only requests: what the system does when nothing happens to it
  --json                the report as one JSON object on standard output, progress on standard error
${BROKER_USAGE}
Probes: ${probes.map(({ name }) => name).join(', ')}
Exit codes: 0 nothing was lost or doubled, 1 something was or the run proves nothing, 2 wrong arguments,
130 interrupted.`;

export interface FaultOptions {
  readonly seed: number;
  readonly cases: number;
  readonly rate: number;
  readonly broker: BrokerChoice;
  /** Names of probes. */
  readonly probes: readonly string[];
  /** How often they are repeated. */
  readonly times: number;
  /** Whether cases come by chance, too. */
  readonly storm: boolean;
  readonly faults: boolean;
  readonly json: boolean;
}

/** @throws WrongUsage that names the option */
export function parseOptions(argv: readonly string[]): FaultOptions | 'help' {
  const values = parse(argv[0] === '--' ? argv.slice(1) : argv);
  if (values.help) return 'help';
  const only = values.only ?? [];
  const unknown = only.find((name) => !probes.some((probe) => probe.name === name));
  if (unknown !== undefined)
    throw new WrongUsage(`--only ${unknown}: the probes are ${probes.map(({ name }) => name).join(', ')}.`);
  const faults = !values['no-faults'];
  const all = faults && !values['no-probes'] ? probes.map(({ name }) => name) : [];
  return {
    seed: number('--seed', values.seed ?? String(Date.now() % 1_000_000), { from: 0 }),
    cases: number(count, String(values[subject.plural as 'seed'] ?? 200), { from: 10 }),
    rate: number('--rate', values.rate ?? '25', { from: 1 }),
    broker: brokerChoice(values),
    probes: only.length > 0 ? only : all,
    times: number('--times', values.times ?? '1', { from: 1 }),
    storm: only.length === 0,
    faults,
    json: values.json ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        seed: { type: 'string' },
        // By the saga's own word.
        [count.slice(2)]: { type: 'string' },
        rate: { type: 'string' },
        ...BROKER_OPTIONS,
        only: { type: 'string', multiple: true },
        times: { type: 'string' },
        'no-probes': { type: 'boolean' },
        'no-faults': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new WrongUsage(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function number(flag: string, text: string, { from }: { from: number }): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < from)
    throw new WrongUsage(`${flag} "${text}": write a whole number from ${from} on.`);
  return Number(text);
}
