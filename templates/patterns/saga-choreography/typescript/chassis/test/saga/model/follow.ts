// A participant that follows events, as a table for the model check: what `allOf` and `reactions` note and forget, around
// the guard of its step. follow.test.ts compares it with the one on PostgreSQL.
import type { Reaction } from './actors.ts';
import { answered, type perform, type StepDone, type undo } from './guard.ts';

export interface Following extends StepDone {
  /** Which of the events that it needs have come. */
  readonly noted: readonly string[];
}

/** The events of one step, by their types. */
export interface Followed {
  readonly needs: readonly string[];
  readonly succeeded: string;
  readonly refused?: string | undefined;
  readonly undone?: string | undefined;
  /** What undoes it. */
  readonly rejected: string;
}

/** What the step makes of an event; of two ways the first is that it accepts, the second that it refuses. */
export function* follow(
  { needs, succeeded, refused, undone, rejected }: Followed,
  state: Following,
  { event, guard }: { event: string; guard: { perform: typeof perform; undo: typeof undo } },
): Iterable<Reaction<Following>> {
  if (event === rejected && undone)
    yield { state: { ...answered(state, guard.undo(state.row)), noted: [] }, tells: undone };
  if (!needs.includes(event)) return;
  const noted = [...new Set([...state.noted, event])].sort();
  if (!needs.every((each) => noted.includes(each))) {
    yield { state: { ...state, noted } };
    return;
  }
  for (const accepts of refused ? [true, false] : [true]) {
    const answer = guard.perform(state.row, accepts);
    // What was noted is forgotten with the answer: to be answered again, all has to be told again.
    yield {
      state: { ...answered(state, answer), noted: [] },
      tells: answer.result === 'succeeded' ? succeeded : refused,
    };
  }
}
