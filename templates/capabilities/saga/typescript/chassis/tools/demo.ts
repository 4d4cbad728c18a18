// `npm run demo`: plays the scenario on a system of its own, or on the one at `--url`, and draws what happened.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runTool, ToolError } from './interrupt.ts';
import { readable } from './log-line.ts';
import { type Play, scenario } from './scenario.ts';
import type { Crash } from './service-process.ts';
import { type StackOptions, startStack } from './stack.ts';
import { paint, print } from './terminal.ts';
import { type HistoryEntry, timeline } from './timeline.ts';

const READY_LIMIT_MS = 60_000;
const PLAY_LIMIT_MS = 60_000;
const LINES_SHOWN_ON_FAILURE = 20;

interface Saga {
  readonly status: string;
  readonly reason?: string;
  readonly history: readonly HistoryEntry[];
}

await runTool(async (interrupt) => {
  const { values } = parseArgs({ options: { url: { type: 'string' } } });
  if (values.url !== undefined) return playAll(values.url, interrupt);

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

async function withStack(options: StackOptions): Promise<void> {
  const stack = await startStack(options);
  try {
    await stack.ready(READY_LIMIT_MS);
    print(`Ready in ${(performance.now() / 1000).toFixed(1)} s.`);
    await playAll(stack.urls.get(scenario.service) ?? '', options.signal);
  } finally {
    await stack.stop();
  }
}

async function playAll(baseUrl: string, signal: AbortSignal): Promise<void> {
  const url = new URL(scenario.path, baseUrl).href;
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
  const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  const { id } = await ask<{ id: string }>(url, {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
    signal,
  });
  const giveUpAt = performance.now() + PLAY_LIMIT_MS;
  for (;;) {
    const saga = await ask<Saga>(`${url}/${encodeURIComponent(id)}`, { signal });
    if (isAsExpected(saga, expected) || performance.now() > giveUpAt) return saga;
    await sleep(50, undefined, { signal });
  }
}

function isAsExpected({ status, history }: Saga, expected: Play['expected']): boolean {
  const done = history.some(({ step, result }) => step === expected.step && result === expected.result);
  return status === expected.status && done;
}

async function ask<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init).catch((error: Error) => {
    throw new ToolError(
      `Cannot reach ${url}: ${(error.cause as Error | undefined)?.message ?? error.message}`,
    );
  });
  const text = await response.text();
  if (!response.ok)
    throw new ToolError(`${init.method ?? 'GET'} ${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
