// The initiator of a saga, for the model check, around what its style decides.
import type { Progress } from '../../../src/saga/index.ts';
import type { Actor, Reaction } from './actors.ts';
import { isForward } from './rules.ts';

export interface Deciding<S extends Progress> {
  readonly saga: S;
  /** What the rules ask for: see `World`. */
  readonly ends: number;
  readonly wasForward: boolean;
}

/** A transition; undefined where the event is ignored. */
export interface Decided<S> {
  readonly saga: S;
  readonly tells?: string | undefined;
  /** Whether the saga is confirmed or rejected now. */
  readonly isEnd: boolean;
}

/** What the style says, where E are its events. */
interface Style<S, E> {
  readonly name: string;
  readonly begun: Decided<S>;
  readonly decide: (saga: S, event: E | { type: Timer | Operator }) => Decided<S> | undefined;
  /** What a message says; undefined if it is not for the initiator. */
  readonly read: (message: string) => E | undefined;
}

/** Strikes at any moment, and so before and after any deadline. */
const timers = ['deadline', 'overdue'] as const;
/** All but `skip`, which takes a word for what was done. */
const operators = ['retry', 'abort'] as const;
type Timer = (typeof timers)[number];
type Operator = (typeof operators)[number];

export function initiator<S extends Progress, E>({
  name,
  begun,
  decide,
  read,
}: Style<S, E>): Actor<Deciding<S>> {
  const on = (state: Deciding<S>, event: Parameters<typeof decide>[1]): Reaction<Deciding<S>> => {
    const decided = decide(state.saga, event);
    return decided ? reached(state, decided) : { state };
  };
  return {
    name,
    start: reached({ saga: begun.saga, ends: 0, wasForward: false }, begun),
    *react(state, message) {
      const event = message === undefined ? undefined : read(message);
      if (event) yield on(state, event);
      if (message !== undefined) return;
      for (const type of timers) yield { ...on(state, { type }), event: type };
      for (const type of operators) yield { ...on(state, { type }), event: type, byOperator: true };
    },
  };
}

function reached<S extends Progress>(
  { ends, wasForward }: Deciding<S>,
  { saga, tells, isEnd }: Decided<S>,
): Reaction<Deciding<S>> {
  const past = { ends: ends + (isEnd ? 1 : 0), wasForward: wasForward || isForward(saga.status) };
  // How often it has asked and why it turned back decide nothing: leaving them out keeps the model finite.
  return { state: { ...past, saga: { ...saga, attempts: 1, reason: null } }, tells };
}
