// Looks at the system four times a second, past every link, and tells when the state of a call guard changes.
import { megabytesIn } from '../faults/memory.ts';
import { subject } from '../faults/subject.ts';
import type { TestSystem } from '../faults/system.ts';
import { listAllDeadLetters, type Witness } from '../faults/witness.ts';
import { system as description } from '../system.ts';
import { type CallGuard, called, callGuards } from './called.ts';

const SAMPLE_MS = 250;

/** What was seen at an instant of `performance.now()`; undefined where it could not be seen. */
export interface Sample {
  readonly at: number;
  /** State of the call guard. */
  readonly state: string | undefined;
  /** Messages that wait in the outboxes. */
  readonly unsent: number | undefined;
  /** Sagas that have begun and not ended. */
  readonly open: number | undefined;
  readonly deadLetters: number | undefined;
  /** Connections that the initiator holds, from and to whomever. */
  readonly sockets: number | undefined;
  /** Its memory. */
  readonly megabytes: number | undefined;
}

export interface Sampler {
  readonly last: Sample;
  /** All so far. */
  readonly samples: readonly Sample[];
  /** Looks now. */
  look(): Promise<Sample>;
  stop(): Promise<void>;
}

/** `onState` is told of each change. Dead letters are looked for where `deadLetters` is. */
export function startSampler(
  { system, witness, deadLetters }: { system: TestSystem; witness: Witness; deadLetters: boolean },
  onState: (state: string) => void,
): Sampler {
  const [guard] = callGuards;
  const samples: Sample[] = [];
  let last: Sample = {
    ...{ at: performance.now(), state: undefined, unsent: undefined, open: undefined },
    ...{ deadLetters: undefined, sockets: undefined, megabytes: undefined },
  };
  let isStopped = false;

  async function look(): Promise<Sample> {
    const at = performance.now();
    const [page = '', unsent, open, letters] = await Promise.all([
      seen(system.victim(subject.initiator).metrics(1_000)),
      unsentIn(system),
      count(system, { service: subject.initiator, table: 'saga', where: 'ended_at IS NULL' }),
      deadLetters ? seen(listAllDeadLetters(witness.transport)) : undefined,
    ]);
    const state = guard && called ? stateIn(page, { guard, dependency: called.name }) : undefined;
    if (state !== undefined && state !== last.state) onState(state);
    last = {
      at,
      // A caller that is down has no state; it is not another one for that.
      state: state ?? last.state,
      ...{ unsent, open, deadLetters: letters?.length },
      ...{ sockets: socketsIn(page), megabytes: megabytesIn(page) },
    };
    samples.push(last);
    return last;
  }

  let turn: Promise<unknown> = Promise.resolve();
  const lookInTurn = () => {
    const mine = turn.then(look);
    turn = mine.catch(() => {});
    return mine;
  };
  let timer: NodeJS.Timeout | undefined;
  const next = async () => {
    await lookInTurn();
    if (!isStopped) timer = setTimeout(() => void next(), SAMPLE_MS);
  };
  void next();
  return {
    get last() {
      return last;
    },
    samples,
    look: lookInTurn,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await turn;
    },
  };
}

function stateIn(
  page: string,
  { guard, dependency }: { guard: CallGuard; dependency: string },
): string | undefined {
  const line = page
    .split('\n')
    .find((text) => text.startsWith(`${guard.metric}{`) && text.includes(`"${dependency}"`));
  return guard.states[Number(line?.split(' ').at(-1))];
}

function socketsIn(page: string): number | undefined {
  if (page === '') return undefined;
  const count = /^nodejs_active_resources\{type="TCPSocketWrap"\} (\d+)/m.exec(page)?.[1];
  return Number(count ?? 0);
}

async function unsentIn(system: TestSystem): Promise<number | undefined> {
  const counts = await Promise.all(
    description.services.map(({ name }) =>
      count(system, {
        service: name,
        table: 'outbox',
        where: 'published_at IS NULL AND failed_at IS NULL',
      }),
    ),
  );
  return counts.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
}

async function count(
  { db }: TestSystem,
  { service, table, where }: { service: string; table: string; where: string },
): Promise<number | undefined> {
  const sql = `SELECT count(*)::int AS count FROM ${table} WHERE ${where}`;
  return (await seen(db(service).query<{ count: number }>(sql)))?.rows[0]?.count;
}

/** Undefined where what is asked does not answer: drills take things down. */
const seen = <T>(answer: Promise<T>): Promise<T | undefined> => answer.catch(() => undefined);
