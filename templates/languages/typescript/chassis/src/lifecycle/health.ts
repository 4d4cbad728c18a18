// What orchestrators ask: is the process alive (else restart it), is it ready (else send it no requests).
import type { Database } from '../database/index.ts';
import type { MetricsRegistry } from '../telemetry/index.ts';
import type { Health, Overload, RunningPart } from './part.ts';

/** What the process is doing, kept by the host. */
export interface State {
  phase: 'starting' | 'ready' | 'draining';
  readonly running: Map<string, RunningPart>;
}

export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The pages every service has, by path. */
export function healthPages(options: {
  state: State;
  db: Database;
  metrics: MetricsRegistry;
}): ReadonlyMap<string, () => Promise<Page>> {
  const { state, db, metrics } = options;
  return new Map([
    ['/livez', async () => live(state)],
    ['/readyz', () => ready(state, db)],
    ['/metrics', async () => ({ status: 200, ...(await metrics.exposition()) })],
  ]);
}

// Loops stop on purpose while draining.
function live({ phase, running }: State): Page {
  const stalled =
    phase === 'draining'
      ? []
      : [...running].flatMap(([name, part]) => {
          const loop = part.stalled?.();
          return loop === undefined ? [] : [`${name}: ${loop}`];
        });
  return stalled.length === 0 ? json(200, { status: 'alive' }) : json(503, { status: 'stalled', stalled });
}

// A part that is degraded does its work later: requests are still taken.
async function ready({ phase, running }: State, db: Database): Promise<Page> {
  const checks = await checksOf(running, db);
  const has = (status: Health['status']) => Object.values(checks).some((check) => check.status === status);
  const unready = phase !== 'ready' || has('down');
  const status = phase !== 'ready' ? phase : has('down') ? 'down' : has('degraded') ? 'degraded' : 'ready';
  return json(unready ? 503 : 200, { status, checks });
}

/** Whether /readyz would say 200 if `part` had nothing to say: it may be waiting for this answer itself. */
export async function isReadyBut(part: string, { phase, running }: State, db: Database): Promise<boolean> {
  if (phase !== 'ready') return false;
  const others = new Map([...running].filter(([name]) => name !== part));
  return Object.values(await checksOf(others, db)).every(({ status }) => status !== 'down');
}

async function checksOf(
  running: ReadonlyMap<string, RunningPart>,
  db: Database,
): Promise<Record<string, Health>> {
  const checks: Record<string, Health> = {
    database: (await db.ping()) ? { status: 'up' } : { status: 'down', reason: 'no answer' },
  };
  for (const [name, part] of running) {
    if (part.health) checks[name] = await healthOf(part);
  }
  return checks;
}

/** Why a writing request is to be refused now, of the first part that says so. */
export function overloadOf({ running }: State): Overload | undefined {
  for (const part of running.values()) {
    const overload = part.overloaded?.();
    if (overload) return overload;
  }
  return undefined;
}

async function healthOf(part: RunningPart): Promise<Health> {
  try {
    return (await part.health?.()) ?? { status: 'up' };
  } catch (error) {
    return { status: 'down', reason: (error as Error).message };
  }
}

function json(status: number, body: object): Page {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
