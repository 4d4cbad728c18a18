// Those who take part in a saga, and what each of them may do next.

/** One who takes part, and shares nothing but messages with the others. */
export interface Actor<S> {
  readonly name: string;
  readonly start: Reaction<S>;
  /** All that may come of a message, the best first. Without a message: of what can happen at any time. */
  react(state: S, message?: string): Iterable<Reaction<S>>;
}

export interface Reaction<S> {
  readonly state: S;
  readonly tells?: string | undefined;
  /** What has happened, where it was not a message. */
  readonly event?: string;
  readonly byOperator?: boolean;
}

/** Hundreds of thousands are looked at, so it is numbers only: of everyone's state, and a bit for each message. */
export interface Moment {
  readonly states: readonly number[];
  /** Those on their way. */
  readonly messages: number;
}

export interface Move {
  readonly to: Moment;
  /** Who does what, for people. */
  readonly by: string;
}

export interface Cast<S> {
  readonly start: Moment;
  statesAt(states: readonly number[]): S[];
  /** All that may happen next. What is on its way stays there: it may come again, or later, or never. */
  movesFrom(moment: Moment): Iterable<Move>;
  /** Where all come to if a timer strikes, and everyone gets each message that comes of it, and makes the best of it. */
  afterTimer(states: readonly number[]): readonly number[];
}

/** Puts actors together. Each is asked once what it makes of a message in a state. */
export function cast<S>(actors: readonly Actor<S>[]): Cast<S> {
  const messages: string[] = [];
  const roles = actors.map((actor) => castRole(actor, messages));
  return {
    start: { states: roles.map(() => 0), messages: roles.reduce((all, { first }) => all | first, 0) },
    statesAt: (states) => roles.map(({ stateOf }, index) => stateOf(states[index])),
    *movesFrom({ states, messages: told }) {
      for (const [index, { reactionsTo }] of roles.entries()) {
        for (let place = NOTHING; place < messages.length; place++) {
          if (place !== NOTHING && !(told & (1 << place))) continue;
          for (const { state, tells, by } of reactionsTo(states[index], place)) {
            if (state === states[index] && (tells & ~told) === 0) continue;
            yield { by, to: { states: states.with(index, state), messages: told | tells } };
          }
        }
      }
    },
    afterTimer(before) {
      let states = before;
      const places = new Set([NOTHING]);
      for (const place of places) {
        for (const [index, { reactionsTo }] of roles.entries()) {
          const best = reactionsTo(states[index], place).find(
            ({ state, tells, byOperator }) => !byOperator && (state !== states[index] || tells !== 0),
          );
          if (!best) continue;
          states = states.with(index, best.state);
          if (best.tells !== 0) places.add(Math.log2(best.tells));
        }
      }
      return states;
    },
  };
}

/** In the place of a message. */
const NOTHING = -1;
const MAX_MESSAGES = 30;

interface NumberedReaction {
  readonly state: number;
  readonly tells: number;
  readonly by: string;
  readonly byOperator: boolean;
}

/** One actor by numbers. A message's is its place among all that were ever told. */
function castRole<S>(actor: Actor<S>, messages: string[]) {
  const states = [actor.start.state];
  const ids = new Map([[JSON.stringify(actor.start.state), 0]]);
  const idOf = (state: S) => {
    const key = JSON.stringify(state);
    const id = ids.get(key) ?? states.push(state) - 1;
    ids.set(key, id);
    return id;
  };
  const stateOf = (id = 0) => states[id] as S;
  const ask = (id: number, message: string | undefined) =>
    [...actor.react(stateOf(id), message)].map(
      ({ state, tells, event, byOperator = false }): NumberedReaction => ({
        state: idOf(state),
        tells: bitOf(tells, messages),
        by: `${actor.name}: ${event ?? message}${tells === undefined ? '' : ` -> ${tells}`}`,
        byOperator,
      }),
    );
  const known: NumberedReaction[][] = [];
  const reactionsTo = (id = 0, place: number) => {
    const index = id * (MAX_MESSAGES + 1) + place + 1;
    const reactions = known[index] ?? ask(id, messages[place]);
    known[index] = reactions;
    return reactions;
  };
  return { first: bitOf(actor.start.tells, messages), stateOf, reactionsTo };
}

function bitOf(message: string | undefined, messages: string[]): number {
  if (message === undefined) return 0;
  if (!messages.includes(message)) messages.push(message);
  if (messages.length > MAX_MESSAGES) throw new Error(`More messages than bits: ${messages.join(', ')}.`);
  return 1 << messages.indexOf(message);
}
