// `npm run demo`: plays the scenario on a system of its own, or on the one at `--url`, and draws what happened.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { edge, protocols } from '@app/chassis/edge';
import { ServiceError } from '@app/chassis/errors';
import { portsOf } from './instances.ts';
import { runTool, ToolError, WrongUsage } from './interrupt.ts';
import { readable } from './log-line.ts';
import { type Play, scenario } from './scenario.ts';
import type { Crash } from './service-process.ts';
import { type StackOptions, startStack } from './stack.ts';
import { system } from './system.ts';
import { paint, print } from './terminal.ts';
import { type HistoryEntry, timeline } from './timeline.ts';

const READY_LIMIT_MS = 60_000;
const PLAY_LIMIT_MS = 60_000;
const LINES_SHOWN_ON_FAILURE = 20;

interface Saga {
  readonly status: string;
  readonly reason?: string | undefined;
  readonly history: readonly HistoryEntry[];
}

await runTool(async (interrupt) => {
  const { values } = parseArgs({ options: { url: { type: 'string' } } });
  if (values.url !== undefined) return playAll(address(values.url), interrupt);

  print('Starting PostgreSQL and the services...');
  const lines = new Map<string, string[]>();
  const onLine = (service: string, line: string) => {
    lines.set(service, [...(lines.get(service) ?? []), readable(line)].slice(-LINES_SHOWN_ON_FAILURE));
  };
  const failure = new AbortController();
  const signal = AbortSignal.any([interrupt, failure.signal]);
  const onCrash = (service: string, { how }: Crash) => {
    failure.abort(new ToolError(`${lines.get(service)?.join('\n')}\n${service} ${how}.`));
  };
  try {
    await withStack({ data: 'thrown away', signal, onLine, onCrash, onStep: print });
  } catch (error) {
    throw failure.signal.aborted ? failure.signal.reason : error;
  }
});

/** @throws WrongUsage where it is none that is spoken here */
function address(url: string): string {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
  const isSpoken = protocols.some(({ scheme }) => [`${scheme}:`, `${scheme}s:`].includes(protocol));
  if (isSpoken && hostname !== '') return url;
  const [{ scheme, port }] = protocols;
  const ports = system.services.filter(({ name }) => name === scenario.service).map(portsOf);
  throw new WrongUsage(`--url "${url}": write an address such as ${scheme}://localhost:${ports[0]?.[port]}.`);
}

async function withStack(options: StackOptions): Promise<void> {
  const stack = await startStack(options);
  try {
    await stack.ready(READY_LIMIT_MS);
    print(`Ready in ${(performance.now() / 1000).toFixed(1)} s.`);
    const [address = ''] = stack.addresses(scenario.service);
    await playAll(address, options.signal);
  } finally {
    await stack.stop();
  }
}

async function playAll(url: string, signal: AbortSignal): Promise<void> {
  const failures: string[] = [];
  for (const { title, request, expected } of scenario.plays) {
    print(`\n${title}`);
    const saga = await play({ url, request, expected, signal });
    for (const line of timeline(saga.history)) print(line);
    const good = isAsExpected(saga, expected);
    print(paint(good ? 'green' : 'red', `${saga.status}${saga.reason ? ` (${saga.reason})` : ''}`));
    if (!good) {
      const { status, step, result } = expected;
      failures.push(`${title}: expected ${status} with ${step} ${result}, got ${saga.status}.`);
    }
  }
  if (failures.length > 0) throw new ToolError(`\n${failures.join('\n')}`);
  print('\nAll ended as they should.');
}

/** Sends the request and follows it to its end; gives what there is when it has not ended in a minute. */
async function play(options: Pick<Play, 'request' | 'expected'> & { url: string; signal: AbortSignal }) {
  const { url, request, expected, signal } = options;
  const service = edge(url, scenario.api);
  const ask = <T>(answer: Promise<T>) => answer.catch((error) => Promise.reject(asToolError(url, error)));
  const { id } = await ask(service[scenario.start](request, { idempotencyKey: crypto.randomUUID(), signal }));
  const giveUpAt = performance.now() + PLAY_LIMIT_MS;
  for (;;) {
    const saga: Saga = await ask(service[scenario.read]({ id }, { signal }));
    if (isAsExpected(saga, expected) || performance.now() > giveUpAt) return saga;
    await sleep(50, undefined, { signal });
  }
}

function asToolError(url: string, error: Error): Error {
  return error instanceof ServiceError ? new ToolError(`${url}: ${error.message}`) : error;
}

function isAsExpected({ status, history }: Saga, expected: Play['expected']): boolean {
  const done = history.some(({ step, result }) => step === expected.step && result === expected.result);
  return status === expected.status && done;
}
