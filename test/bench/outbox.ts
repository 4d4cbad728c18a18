/** What the outbox costs: messages that go through it against messages that are published straight to the broker. */

import { compare } from './pairs.ts';
import { type Databases, runCompiled } from './repository.ts';
import { type Row, ratioRow } from './table.ts';

/** Messages a second, by round. */
interface Rates {
  readonly raw: readonly number[];
  readonly relayed: readonly number[];
  readonly whole: readonly number[];
}

interface OutboxOptions {
  readonly databases: Databases;
  readonly brokerUrl: string;
  /** As it is called in the lines. */
  readonly broker: string;
}

/** Runs the order service's messaging part; see `programs/services/order/src/outbox-path.ts`. */
export async function measureOutbox(
  repository: string,
  { databases, brokerUrl, broker }: OutboxOptions,
): Promise<readonly Row[]> {
  const { raw, relayed, whole } = await ratesOf(repository, {
    DATABASE_URL: databases.urls.order ?? '',
    BROKER_URL: brokerUrl,
    PORT: '0',
  });
  const row = (name: string, ours: readonly number[], target?: { readonly atLeast: number }) => {
    const comparison = compare(ours.map((a, round) => ({ a, b: raw[round] ?? Number.NaN })));
    const { a, b } = comparison;
    return ratioRow({
      name: `${name} / raw publishes, ${broker}`,
      comparison,
      ...(target ? { target } : {}),
      detail: `${a.toFixed(0)} / ${b.toFixed(0)} messages a second`,
    });
  };
  return [row('outbox path', whole, { atLeast: 0.5 }), row('its relay alone', relayed)];
}

async function ratesOf(repository: string, env: Readonly<Record<string, string>>): Promise<Rates> {
  const { code, output } = await runCompiled(repository, 'services/order/dist/src/outbox-path.js', env);
  const printed = /^\{"raw".*\}$/m.exec(output)?.[0];
  if (code !== 0 || !printed) throw new Error(`outbox-path exited with ${code}:\n${output}`);
  return JSON.parse(printed);
}
