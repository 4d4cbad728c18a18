// The flags that choose a broker.
import { WrongUsage } from '../../interrupt.ts';
import { type BrokerChoice, checkBroker, EMBEDDED } from './brokers.ts';

export const BROKER_OPTIONS = {
  broker: { type: 'string' },
  'broker-url': { type: 'string' },
  'broker-pid-file': { type: 'string' },
  'broker-start': { type: 'string' },
} as const;

export const BROKER_USAGE = `A broker other than the one of compose.yaml, on this machine:
  --broker-url <url>  --broker-pid-file <file>  --broker-start <shell command that ends when it serves>`;

/** @throws WrongUsage that names the flag */
export function brokerChoice(
  values: {
    readonly [flag in keyof typeof BROKER_OPTIONS]?: string | undefined;
  },
): BrokerChoice {
  const {
    broker: name = EMBEDDED,
    'broker-url': url,
    'broker-pid-file': pidFile,
    'broker-start': start,
  } = values;
  const given = [url, pidFile, start].filter((value) => value !== undefined);
  if (given.length > 0 && given.length < 3)
    throw new WrongUsage('--broker-url, --broker-pid-file and --broker-start are needed together.');
  const native =
    url !== undefined && pidFile !== undefined && start !== undefined ? { url, pidFile, start } : undefined;
  const choice = native ? { name, native } : { name };
  checkBroker(choice);
  return choice;
}
