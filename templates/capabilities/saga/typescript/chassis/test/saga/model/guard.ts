// The guard of participant.ts as a table, for the model check; participant.test.ts compares it with the one on
// PostgreSQL.
export type StepState = 'NONE' | 'HELD' | 'REFUSED' | 'UNDONE' | 'TOMBSTONE';

/** What one command does to a participant: its row, the change of its effect (+1, -1), its answer. */
export interface Answer {
  readonly state: StepState;
  readonly effect: number;
  readonly result: 'succeeded' | 'refused' | 'undone';
}

/** How far the participant of a step is. */
export interface StepDone {
  readonly row: StepState;
  /** How often the step was done, less how often it was undone. */
  readonly effect: number;
}

export function perform(state: StepState, accepts: boolean): Answer {
  if (state === 'NONE') {
    return accepts
      ? { state: 'HELD', effect: 1, result: 'succeeded' }
      : { state: 'REFUSED', effect: 0, result: 'refused' };
  }
  return { state, effect: 0, result: state === 'HELD' ? 'succeeded' : 'refused' };
}

export function undo(state: StepState): Answer {
  if (state === 'NONE') return { state: 'TOMBSTONE', effect: 0, result: 'undone' };
  if (state === 'HELD') return { state: 'UNDONE', effect: -1, result: 'undone' };
  return { state, effect: 0, result: 'undone' };
}

/** A step that has given this answer. */
export const answered = ({ effect }: StepDone, answer: Answer): StepDone => ({
  row: answer.state,
  effect: effect + answer.effect,
});
