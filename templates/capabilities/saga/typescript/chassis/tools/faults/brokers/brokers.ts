// Which broker a run is on.
import type { Guard } from '../../guard.ts';
import { WrongUsage } from '../../interrupt.ts';
import type { Broker } from './broker.ts';
import { claim } from './claim.ts';
import { composedBroker } from './composed.ts';
import { embeddedBroker } from './embedded.ts';
import { kinds } from './kinds.ts';
import { nativeBroker } from './native.ts';

export const EMBEDDED = 'postgres';

export interface BrokerChoice {
  readonly name: string;
  /** One that runs on this machine already; absent: the one of compose.yaml, or the embedded one. */
  readonly native?: { readonly url: string; readonly pidFile: string; readonly start: string };
}

/** @throws WrongUsage where the choice cannot be had, naming the flag. */
export function checkBroker({ name, native }: BrokerChoice): void {
  const known = [EMBEDDED, ...kinds.map((kind) => kind.name)];
  if (!known.includes(name))
    throw new WrongUsage(`--broker ${name}: this system runs on ${known.join(' or ')}.`);
  if (!native) return;
  const kind = kinds.find((one) => one.name === name);
  const url = URL.canParse(native.url) ? new URL(native.url) : undefined;
  if (!kind || !url || !kind.schemes.includes(url.protocol.slice(0, -1)))
    throw new WrongUsage(
      `--broker-url: not a URL of ${name === EMBEDDED ? 'a broker, and --broker names none' : name}.`,
    );
  if (!['localhost', '127.0.0.1', '[::1]'].includes(url.hostname))
    throw new WrongUsage(
      `--broker-url: ${url.hostname} is not this machine. The broker is killed, so it must be.`,
    );
}

/** @throws ToolError where it cannot be had, or is not the test's own */
export async function startBroker(choice: BrokerChoice, guard: Guard): Promise<Broker> {
  const kind = kinds.find(({ name }) => name === choice.name);
  if (!kind) return embeddedBroker(guard);
  const { native } = choice;
  const broker = native ? await nativeBroker({ kind, ...native }) : await composedBroker(kind);
  try {
    await claim(kind, broker.url);
  } catch (error) {
    await broker.stop();
    throw error;
  }
  return broker;
}
