/** The systems whose safety is tested, and the brokers they are tested on. */

import { ensureEngine } from '../e2e/engine.ts';
import { startKafka } from '../e2e/kafka-broker.ts';
import { generateAndInstall } from '../e2e/project.ts';

export type BrokerName = 'postgres' | 'rabbitmq' | 'kafka';
export type Style = 'orchestration' | 'choreography';

export interface Variant {
  readonly style: Style;
  readonly broker: BrokerName;
}

export interface Started {
  /** Root of the generated repository. */
  readonly folder: string;
  /** For `npm run test:faults` there: the broker. */
  readonly flags: readonly string[];
  /** Gives the broker nothing but what it is going to get: the fault test refuses another one. */
  empty(): Promise<void>;
  remove(): Promise<void>;
}

const nothing = async () => {};

/** Those of `VARIANTS`, such as `choreography/kafka,orchestration/postgres`; else the ones given. */
export function chosenVariants(standard: readonly string[]): readonly Variant[] {
  const names = process.env.VARIANTS?.split(',') ?? standard;
  return names.map((name) => {
    const [style, broker] = name.split('/');
    if ((style !== 'orchestration' && style !== 'choreography') || !isBroker(broker))
      throw new Error(`VARIANTS: "${name}" is not <orchestration|choreography>/<postgres|rabbitmq|kafka>.`);
    return { style, broker };
  });
}

const isBroker = (name: string | undefined): name is BrokerName =>
  name === 'postgres' || name === 'rabbitmq' || name === 'kafka';

/** Generates the shop, with `choices` as flags, and starts its broker. */
export async function startVariant(
  { style, broker }: Variant,
  choices: readonly string[] = [],
): Promise<Started> {
  const chosen = broker === 'postgres' ? 'rabbitmq' : broker;
  const flags = ['--saga', style, '--broker', chosen, ...choices];
  const folder = await generateAndInstall('shop', { flags });
  if (broker === 'postgres') return { folder, flags: [], empty: nothing, remove: nothing };
  if (broker === 'rabbitmq') {
    await ensureEngine();
    return { folder, flags: ['--broker', 'rabbitmq'], empty: nothing, remove: nothing };
  }
  const kafka = await startKafka(folder);
  const { native } = kafka;
  const brokerFlags = native
    ? [
        ...['--broker-url', `kafka://${kafka.address}`],
        ...['--broker-pid-file', native.pidFile, '--broker-start', native.start],
      ]
    : [];
  return { folder, flags: ['--broker', 'kafka', ...brokerFlags], empty: kafka.empty, remove: kafka.remove };
}
