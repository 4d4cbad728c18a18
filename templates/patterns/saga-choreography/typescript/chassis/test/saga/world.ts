// A model of one saga, its initiator and its participants: every event may be late, reordered or repeated without
// end, some are lost for good (in the dead letters of one that follows them), every timer and operator may strike at
// any moment; only `skip` is left out, as it takes an operator's word for what was done. There is no inbox in it:
// what is proven here holds by the saga's rules and the participants' guards alone.
import {
  begin,
  type Decision,
  decide,
  eventsBefore,
  isEnded,
  type SagaDefinition,
  type SagaEvent,
  type SagaState,
} from '../../src/saga/index.ts';
import { type Answer, perform, type StepState, undo } from './guard.ts';

/** What is checked; a planted bug replaces one of them. */
export interface Subject {
  readonly decide: typeof decide;
  readonly perform: (state: StepState, accepts: boolean) => Answer;
  readonly undo: (state: StepState) => Answer;
  /** What has to be told before a step. */
  readonly eventsBefore: (definition: SagaDefinition, index: number) => readonly string[];
  /** Whether a step that has an outcome tells it again. */
  readonly answersAgain: boolean;
}

export const correct: Subject = {
  decide,
  perform,
  undo,
  eventsBefore: (definition, index) => eventsBefore(definition, index).map(({ type }) => type),
  answersAgain: true,
};

interface World {
  readonly saga: SagaState;
  /** Of each step: its guard's row, the effect it has had, and which of the events it needs were noted. */
  readonly rows: readonly StepState[];
  readonly effects: readonly number[];
  readonly noted: readonly (readonly string[])[];
  /** Events on their way. They stay for ever, as each can always be delivered once more. */
  readonly told: readonly string[];
  /** How many were lost so far. */
  readonly lost: number;
  /** The ends that the initiator has told. */
  readonly ends: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly ends: ReadonlySet<string>;
}

/** Visits every reachable state; throws at the first that breaks a rule, with the way that led there. */
export function explore(
  definition: SagaDefinition,
  { subject = correct, losses = 1 }: { subject?: Subject; losses?: number } = {},
): Exploration {
  const first = startOf(definition);
  const worlds = new Map<string, World>([[serialize(first), first]]);
  const cameFrom = new Map<string, { key: string; by: string }>();
  const successors = new Map<string, string[]>();
  const ends = new Set<string>();
  // A Map hands out entries that are added while it is walked: it is the queue too.
  for (const [key, world] of worlds) {
    const reached: string[] = [];
    for (const [by, next] of moves(definition, subject, { world, losses })) {
      if (next === world) continue;
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

function startOf(definition: SagaDefinition): World {
  const world: World = {
    saga: begin(definition, { tripId: '1' }).state,
    rows: definition.steps.map(() => 'NONE'),
    effects: definition.steps.map(() => 0),
    noted: definition.steps.map(() => []),
    told: [],
    lost: 0,
    ends: [],
  };
  return withDecision(definition, world, begin(definition, { tripId: '1' }));
}

function* moves(
  definition: SagaDefinition,
  subject: Subject,
  { world, losses }: { world: World; losses: number },
): Iterable<[string, World]> {
  const transition = (event: SagaEvent) =>
    withDecision(definition, world, subject.decide(definition, world.saga, event));
  for (const type of ['deadline', 'overdue', 'retry', 'abort'] as const) yield [type, transition({ type })];
  for (const type of world.told) {
    yield [`${type} heard by the initiator`, transition({ type: 'heard', message: type })];
    for (const index of definition.steps.keys())
      yield* deliveries(definition, subject, { world, type, index });
    if (world.lost < losses) {
      const told = world.told.filter((other) => other !== type);
      yield [`${type} lost`, { ...world, told, lost: world.lost + 1 }];
    }
  }
}

/** Everything that the participant of step `index` may make of an event. */
function* deliveries(
  definition: SagaDefinition,
  subject: Subject,
  { world, type, index }: { world: World; type: string; index: number },
): Iterable<[string, World]> {
  const { succeeded, refused, undone } = at(definition.steps, index);
  const row = at(world.rows, index);
  const forgetful = { ...world, noted: world.noted.with(index, []) };
  if (type === definition.rejected.type && undone) {
    yield [
      `${type} undoes step ${index}`,
      withAnswer(forgetful, index, { ...subject.undo(row), tells: undone.type }),
    ];
  }
  const needed = subject.eventsBefore(definition, index);
  if (!needed.includes(type)) return;
  const known = at(world.noted, index);
  const noted = known.includes(type) ? known : [...known, type].sort();
  if (!needed.every((each) => noted.includes(each))) {
    if (noted !== known)
      yield [`${type} noted for step ${index}`, { ...world, noted: world.noted.with(index, noted) }];
    return;
  }
  for (const accepts of refused ? [true, false] : [true]) {
    const answer = subject.perform(row, accepts);
    const outcome = answer.result === 'succeeded' ? succeeded.type : refused?.type;
    const tells = row === 'NONE' || subject.answersAgain ? outcome : undefined;
    // What was noted is forgotten with the answer; to be answered again, all has to be told again.
    yield [`${type}: step ${index} ${answer.result}`, withAnswer(forgetful, index, { ...answer, tells })];
  }
}

function withAnswer(
  world: World,
  index: number,
  { state, effect, tells }: Answer & { tells: string | undefined },
): World {
  if (state === world.rows[index] && effect === 0) return withTold(world, tells);
  const rows = world.rows.with(index, state);
  const effects = world.effects.with(index, at(world.effects, index) + effect);
  return withTold({ ...world, rows, effects }, tells);
}

function withDecision(definition: SagaDefinition, world: World, decision: Decision): World {
  const { state, tell, ignored } = decision;
  if (ignored) return world;
  // How often it was told and why it turned back decide nothing: leaving them out keeps the model finite.
  const saga: SagaState = { ...state, attempts: 1, reason: null, heard: [...state.heard].sort() };
  if (!tell) return { ...world, saga };
  const type = tell === 'again' ? (world.saga.told?.type ?? '') : definition[tell].type;
  const ends = tell === 'confirmed' || tell === 'rejected' ? [...world.ends, tell] : world.ends;
  return withTold({ ...world, ends, saga: { ...saga, told: { type, data: {} } } }, type);
}

function withTold(world: World, type: string | undefined): World {
  if (type === undefined || world.told.includes(type)) return world;
  return { ...world, told: [...world.told, type].sort() };
}

function findBroken(
  definition: SagaDefinition,
  before: World,
  { saga, effects, ends }: World,
): string | undefined {
  const { status } = saga;
  const { pivot } = definition;
  if (effects.some((effect) => effect < 0 || effect > 1))
    return 'an effect happened twice, or was undone twice';
  if (ends.length > 1) return 'two ends were told';
  if (isForward(status) && effects.slice(0, pivot + 1).includes(0))
    return 'confirmed, but a step before that is not done';
  if (status === 'CONFIRMED' && effects.includes(0)) return 'ended well, but a step is not done';
  if (status === 'REJECTED' && effects.includes(1)) return 'rejected, but a step is not undone';
  if (isForward(before.saga.status) && !isForward(status)) return 'turned back after the pivot';
  if (status === 'COMPENSATING' && at(effects, pivot) === 1 && !at(definition.steps, pivot).undone)
    return 'compensates around a pivot that was done';
  return undefined;
}

const isForward = (status: SagaState['status']) => status === 'COMPLETING' || status === 'CONFIRMED';

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

function serialize({ saga, rows, effects, noted, told, lost, ends }: World): string {
  return `${saga.status} ${saga.told?.type} ${lost} ${ends} ${rows} ${effects} ${saga.heard} ${told} ${noted.join(';')}`;
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
