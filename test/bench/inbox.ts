/** What the inbox lets through: messages that one service handles, each in a transaction of its own. */

import { compare } from './pairs.ts';
import { type Databases, runCompiled } from './repository.ts';
import type { Row } from './table.ts';

const TARGET = 1_500;

/** Runs `programs/services/order/src/inbox-path.ts`. */
export async function measureInbox(
  repository: string,
  { databases, brokerUrl, broker }: { databases: Databases; brokerUrl: string; broker: string },
): Promise<Row> {
  const env = { DATABASE_URL: databases.urls.inventory ?? '', BROKER_URL: brokerUrl, PORT: '0' };
  const { code, output } = await runCompiled(repository, 'services/order/dist/src/inbox-path.js', env);
  const printed = /^\{"rates".*\}$/m.exec(output)?.[0];
  if (code !== 0 || !printed) throw new Error(`inbox-path exited with ${code}:\n${output}`);
  const { rates, sent, inbox }: { rates: number[]; sent: number; inbox: number } = JSON.parse(printed);
  if (inbox !== sent) throw new Error(`Of ${sent} messages the inbox has ${inbox}.`);
  const { ratio, spread } = compare(rates.map((a) => ({ a, b: 1 })));
  return {
    name: `handled with inbox, one service, ${broker}`,
    measured: `${ratio.toFixed(0)}/s`,
    target: { text: `>= ${TARGET}/s`, isMet: ratio >= TARGET },
    detail: `half of the rounds ${spread.map((rate) => rate.toFixed(0)).join(' to ')}`,
  };
}
