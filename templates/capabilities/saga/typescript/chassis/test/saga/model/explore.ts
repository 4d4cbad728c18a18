// Tries everything that can happen to a saga. Of a message nothing is sure: it may come at once, late, after any other,
// again and again, or never. A crash before a commit is a message that comes later, one after the commit a message that
// comes twice. So whatever was told may come at any moment from then on.
import type { Progress, Status } from '../../../src/saga/index.ts';
import { type Actor, type Cast, cast, type Moment } from './actors.ts';
import type { StepDone } from './guard.ts';
import type { Deciding } from './initiator.ts';
import type { Rules, World } from './rules.ts';

export interface Model<S extends Progress = Progress, P extends StepDone = StepDone> {
  readonly initiator: Actor<Deciding<S>>;
  /** One for each step. */
  readonly participants: readonly Actor<P>[];
  readonly rules: Rules;
}

export interface Exploration {
  readonly states: number;
  readonly moves: number;
  /** To which ends it may come. */
  readonly ends: readonly Status[];
  /** The first rule that is broken, and a shortest way there. */
  readonly violation?: Violation | undefined;
}

interface Violation {
  readonly rule: string;
  readonly way: readonly string[];
}

interface Node extends Moment {
  readonly by: string;
  readonly from: Node | undefined;
}

/** Twice what a saga of these tests has. */
const MAX_STATES = 100_000;

/** The rule about what follows. If they are not lost, it can come to the same: whatever was told may come late. */
export const ENDS = 'timers bring the saga to its end, even if all messages on their way are lost';

/** Visits every state that can be reached, the nearest first, until a rule is broken. */
export function explore<S extends Progress, P extends StepDone>(model: Model<S, P>): Exploration {
  const actors = cast<Deciding<S> | P>([model.initiator, ...model.participants]);
  const { start, movesFrom } = actors;
  const nodes = new Map<string, Node>([[keyOf(start), { ...start, by: 'start', from: undefined }]]);
  const ends = new Set<Status>();
  const checked = new Set<string>();
  let moves = 0;
  const result = (violation?: Violation): Exploration => {
    return { states: nodes.size, moves, ends: [...ends].sort(), violation };
  };
  // A Map hands out what is added while it is walked: it is the queue too.
  for (const node of nodes.values()) {
    const states = String(node.states);
    if (!checked.has(states)) {
      checked.add(states);
      const world = worldAt(actors, node.states);
      if (isEnded(world)) ends.add(world.status);
      const rule = findBroken(model.rules, world) ?? (comesToEnd(actors, node.states) ? undefined : ENDS);
      if (rule !== undefined) return result({ rule, way: wayTo(node) });
    }
    for (const { to, by } of movesFrom(node)) {
      moves++;
      const key = keyOf(to);
      if (!nodes.has(key)) nodes.set(key, { ...to, by, from: node });
    }
    if (nodes.size > MAX_STATES) throw new Error(`There is no end of states: ${wayTo(node).join('; ')}.`);
  }
  return result();
}

/** One character for each number: several times faster than digits. */
const keyOf = ({ states, messages }: Moment) =>
  String.fromCharCode(...states, messages >>> 16, messages & 0xffff);

function worldAt({ statesAt }: Cast<unknown>, states: Moment['states']): World {
  const [{ saga, ends, wasForward }, ...steps] = statesAt(states) as [Deciding<Progress>, ...StepDone[]];
  return { status: saga.status, ends, wasForward, steps };
}

const isEnded = ({ status }: World) => status === 'CONFIRMED' || status === 'REJECTED';

const findBroken = (rules: Rules, world: World) => Object.keys(rules).find((rule) => !rules[rule]?.(world));

/** Whether the saga ends by its timers alone, or only comes back to where it was. */
function comesToEnd(actors: Cast<unknown>, states: Moment['states']): boolean {
  const seen = new Set<string>();
  for (let now = states; !seen.has(String(now)); now = actors.afterTimer(now)) {
    if (isEnded(worldAt(actors, now))) return true;
    seen.add(String(now));
  }
  return false;
}

function wayTo(node: Node): string[] {
  const way: string[] = [];
  for (let at: Node | undefined = node; at?.from; at = at.from) way.unshift(at.by);
  return way;
}
