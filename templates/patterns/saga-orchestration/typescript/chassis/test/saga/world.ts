// A model of one saga and its participants: every message may be late, reordered, repeated without end or
// end in the dead letters, every timer and operator may strike at any moment; only `skip` is left out, as it
// takes an operator's word for what was done. There is no inbox in it:
// what is proven here holds by the saga's rules and the participants' guards alone.
import {
  begin,
  decide,
  isEnded,
  type ReplyResult,
  type SagaDefinition,
  type SagaEvent,
  type SagaState,
} from '../../src/saga/index.ts';
import { type Answer as GuardAnswer, perform, type StepState, undo } from './guard.ts';

/** What a participant says to a command, or that nobody knows what it did. */
type Answer = Omit<GuardAnswer, 'result'> & { readonly result: ReplyResult };

/** What is checked; a planted bug replaces one of them. */
export interface Subject {
  readonly decide: typeof decide;
  readonly perform: (state: StepState, accepts: boolean) => Answer;
  readonly undo: (state: StepState) => Answer;
}

export const correct: Subject = { decide, perform, undo };

interface Flight {
  readonly kind: 'call' | 'undo' | ReplyResult;
  /** Index of the step; a reply has none, since `decide` knows it by the command's id alone. */
  readonly step: number;
  /** Whether it is, or answers, the last command: all others are equally stale. */
  readonly last: boolean;
}

interface World {
  readonly saga: SagaState;
  readonly rows: readonly StepState[];
  readonly effects: readonly number[];
  readonly flights: readonly Flight[];
  /** How often the saga has ended. */
  readonly ends: number;
}

export interface Exploration {
  readonly states: number;
  readonly ends: ReadonlySet<string>;
}

const LAST = 'last';
const STALE = 'stale';

/** Visits every reachable state; throws at the first that breaks a rule, with the way that led there. */
export function explore(definition: SagaDefinition, subject: Subject = correct): Exploration {
  const first = start(definition);
  const worlds = new Map<string, World>([[serialize(first), first]]);
  const cameFrom = new Map<string, { key: string; by: string }>();
  const successors = new Map<string, string[]>();
  const ends = new Set<string>();
  // A Map hands out entries that are added while it is walked: it is the queue too.
  for (const [key, world] of worlds) {
    const reached: string[] = [];
    for (const [by, next] of moves(definition, subject, world)) {
      const nextKey = serialize(next);
      // That a saga ends must not take an operator.
      if (by !== 'retry' && by !== 'abort') reached.push(nextKey);
      if (worlds.has(nextKey)) continue;
      worlds.set(nextKey, next);
      cameFrom.set(nextKey, { key, by });
      const broken = findBroken(definition, world, next);
      if (broken) throw new Error(`${broken}\n${describeWay(nextKey, cameFrom)}`);
    }
    successors.set(key, reached);
    if (isEnded(world.saga)) ends.add(world.saga.status);
  }
  const trap = findTrap(worlds, successors);
  if (trap) throw new Error(`no way leads to an end\n${describeWay(trap, cameFrom)}`);
  return { states: worlds.size, ends };
}

function start(definition: SagaDefinition): World {
  const { state } = begin(definition, { tripId: '1' });
  const none = definition.steps.map(() => 'NONE' as const);
  const flights = [{ kind: 'call', step: 0, last: true }] as const;
  return {
    saga: { ...state, lastCommandId: LAST },
    rows: none,
    effects: none.map(() => 0),
    flights,
    ends: 0,
  };
}

function* moves(definition: SagaDefinition, subject: Subject, world: World): Iterable<[string, World]> {
  for (const type of ['deadline', 'overdue', 'retry', 'abort'] as const) {
    yield [type, transition(definition, subject, { world, event: { type } })];
  }
  for (const flight of world.flights) {
    const name = `${flight.last ? '' : 'late '}${flight.kind} ${flight.step}`;
    if (flight.kind !== 'call' && flight.kind !== 'undo') {
      const event = { type: 'reply', commandId: flight.last ? LAST : STALE, result: flight.kind } as const;
      yield [name, transition(definition, subject, { world, event })];
      continue;
    }
    for (const answer of answers(definition, subject, { world, flight })) {
      yield [`${name} ${answer.result}`, withAnswer(world, flight, answer)];
    }
  }
}

/** Everything a participant may make of a command; what it answers may also be lost to the dead letters. */
function* answers(
  definition: SagaDefinition,
  subject: Subject,
  { world, flight }: { world: World; flight: Flight },
): Iterable<Answer> {
  const state = at(world.rows, flight.step);
  const possible = flight.kind === 'undo' ? [subject.undo(state)] : [subject.perform(state, true)];
  if (flight.kind === 'call' && at(definition.steps, flight.step).refused)
    possible.push(subject.perform(state, false));
  yield { state, effect: 0, result: 'failed' };
  for (const answer of possible) {
    yield answer;
    yield { ...answer, result: 'failed' };
  }
}

function withAnswer(world: World, { step, last }: Flight, answer: Answer): World {
  const rows = world.rows.with(step, answer.state);
  const effects = world.effects.with(step, at(world.effects, step) + answer.effect);
  return withFlight({ ...world, rows, effects }, { kind: answer.result, step: -1, last });
}

function transition(
  definition: SagaDefinition,
  subject: Subject,
  { world, event }: { world: World; event: SagaEvent },
): World {
  const { state, command, ignored } = subject.decide(definition, world.saga, event);
  if (ignored) return world;
  const ends = world.ends + (isEnded(state) ? 1 : 0);
  // How often it was sent and why it turned back decide nothing: leaving them out keeps the model finite.
  const saga = { ...state, attempts: 1, reason: null };
  if (!command) return { ...world, saga, ends };
  const stale = world.flights.reduce<World>(
    (merged, flight) => withFlight(merged, { ...flight, last: false }),
    { ...world, saga: { ...saga, lastCommandId: LAST }, ends, flights: [] },
  );
  const kind = state.status === 'COMPENSATING' ? 'undo' : 'call';
  return withFlight(stale, { kind, step: state.step, last: true });
}

/** Adds a message. It stays for ever, as it can always be delivered once more; so two equal ones are one. */
function withFlight(world: World, { kind, step, last }: Flight): World {
  const known = world.flights.some(
    (other) => other.kind === kind && other.step === step && other.last === last,
  );
  return known ? world : { ...world, flights: [...world.flights, { kind, step, last }] };
}

function findBroken(
  definition: SagaDefinition,
  before: World,
  { saga, effects, ends }: World,
): string | undefined {
  const { status } = saga;
  if (effects.some((effect) => effect < 0 || effect > 1))
    return 'an effect happened twice, or was undone twice';
  if (ends > 1) return 'the saga ended twice';
  if (status === 'CONFIRMED' && effects.includes(0)) return 'confirmed, but a step is not done';
  if (status === 'REJECTED' && effects.includes(1)) return 'rejected, but a step is not undone';
  const onlyForward = before.saga.status === 'COMPLETING' || before.saga.status === 'CONFIRMED';
  if (onlyForward && status !== 'COMPLETING' && status !== 'CONFIRMED') return 'turned back after the pivot';
  const irreversible = !at(definition.steps, definition.pivot).undo && at(effects, definition.pivot) === 1;
  if (irreversible && status === 'COMPENSATING') return 'compensates around a pivot that was done';
  return undefined;
}

/** A state from which no end can be reached any more. */
function findTrap(
  worlds: ReadonlyMap<string, World>,
  successors: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const predecessors = new Map<string, string[]>();
  for (const [key, reached] of successors) {
    for (const next of reached) {
      const before = predecessors.get(next);
      if (before) before.push(key);
      else predecessors.set(next, [key]);
    }
  }
  const good = new Set([...worlds].filter(([, { saga }]) => isEnded(saga)).map(([key]) => key));
  for (const key of good) for (const before of predecessors.get(key) ?? []) good.add(before);
  return [...worlds.keys()].find((key) => !good.has(key));
}

function serialize({ saga, rows, effects, flights, ends }: World): string {
  const sorted = flights.map(({ kind, step, last }) => `${kind}${step}${last}`).sort();
  return `${saga.status} ${saga.step} ${ends} ${rows} ${effects} ${sorted}`;
}

function describeWay(key: string, cameFrom: ReadonlyMap<string, { key: string; by: string }>): string {
  const way: string[] = [];
  for (let step = cameFrom.get(key); step; step = cameFrom.get(step.key)) way.unshift(step.by);
  return way.join('\n');
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new Error(`There is no ${index}.`);
  return value;
}
