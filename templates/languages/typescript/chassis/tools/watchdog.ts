// Runs beside a tool and outlives it: when the tool is gone, however it ended (even by SIGKILL), it ends
// the processes that the tool had started and not ended itself. The end of the input is the end of the tool.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Note } from './guard.ts';
import { signalGroup } from './process-group.ts';

const LIMIT_MS = 15_000;

const started = new Map<number, Note['kind']>();
for await (const line of createInterface({ input: process.stdin })) {
  const { event, kind, pid }: Note = JSON.parse(line);
  if (event === 'started') started.set(pid, kind);
  else started.delete(pid);
}
const pids = (kind: Note['kind']) => [...started.keys()].filter((pid) => started.get(pid) === kind);
await Promise.all(pids('group').map(endGroup));
// They were using the server. It ends its own processes in order.
for (const pid of pids('server')) process.kill(pid, 'SIGINT');

async function endGroup(pid: number): Promise<void> {
  const giveUpAt = performance.now() + LIMIT_MS;
  for (let alive = signalGroup(pid, 'SIGTERM'); alive; alive = signalGroup(pid, 0)) {
    if (performance.now() > giveUpAt) signalGroup(pid, 'SIGKILL');
    await sleep(50);
  }
}
