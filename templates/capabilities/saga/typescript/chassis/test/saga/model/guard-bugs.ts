// Bugs for the guard of a participant: a model check that does not find them proves nothing.
import { type Answer, perform, type StepState, undo } from './guard.ts';

export const guardBugs = {
  'an undo that comes first leaves no tombstone': {
    plant: {
      undo: (row: StepState): Answer =>
        row === 'NONE' ? { state: row, effect: 0, result: 'undone' } : undo(row),
    },
    breaks: 'a rejected saga has done no step, and does none later',
  },
  'a repeated undo takes back twice': {
    plant: {
      undo: (row: StepState): Answer =>
        row === 'UNDONE' ? { state: row, effect: -1, result: 'undone' } : undo(row),
    },
    breaks: 'a step is done at most once, and undone at most once',
  },
  'what is repeated is done twice': {
    plant: {
      perform: (row: StepState, accepts: boolean): Answer =>
        row === 'HELD' ? { state: row, effect: 1, result: 'succeeded' } : perform(row, accepts),
    },
    breaks: 'a step is done at most once, and undone at most once',
  },
};
