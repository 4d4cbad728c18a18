// Who takes part in a choreographed saga, for the model check: the initiator, as `decide` has it, and for each step a
// participant that follows events. No inbox keeps repetitions from them.
import {
  begin,
  type Decision,
  decide,
  eventsBefore,
  type SagaDefinition,
  type SagaEvent,
  type SagaState,
} from '../../../src/saga/index.ts';
import { stepAt } from '../../../src/saga/table.ts';
import type { Actor } from './actors.ts';
import type { Model } from './explore.ts';
import { type Followed, type Following, follow } from './follow.ts';
import { perform, undo } from './guard.ts';
import { type Decided, initiator } from './initiator.ts';
import { rulesOf } from './rules.ts';

/** What is checked; a planted bug replaces one of them. */
export const correct = {
  decide,
  perform,
  undo,
  follow,
  needs: (definition: SagaDefinition, index: number) =>
    eventsBefore(definition, index).map(({ type }) => type),
};

export type Subject = typeof correct;

/** The sagas of a table. */
export function modelOf(definition: SagaDefinition, subject: Subject = correct): Model<SagaState, Following> {
  const begun = begin(definition, { tripId: '1' });
  return {
    initiator: initiator<SagaState, SagaEvent>({
      name: definition.initiator,
      begun: toDecided(definition, begun.state, begun),
      decide: (saga, event) => {
        const decision = subject.decide(definition, saga, event);
        return decision.ignored ? undefined : toDecided(definition, saga, decision);
      },
      read: (message) => ({ type: 'heard', message }),
    }),
    participants: definition.steps.map((_, index) => participant(definition, { subject, index })),
    rules: rulesOf(definition),
  };
}

function toDecided(
  definition: SagaDefinition,
  before: SagaState,
  { state, tell }: Decision,
): Decided<SagaState> {
  const saga = { ...state, heard: [...state.heard].sort() };
  if (!tell) return { saga, isEnd: false };
  const type = tell === 'again' ? (before.told?.type ?? '') : definition[tell].type;
  return {
    saga: { ...saga, told: { type, data: {} } },
    tells: type,
    isEnd: tell === 'confirmed' || tell === 'rejected',
  };
}

function participant(
  definition: SagaDefinition,
  { subject, index }: { subject: Subject; index: number },
): Actor<Following> {
  const followed = { ...followedBy(definition, index), needs: subject.needs(definition, index) };
  return {
    name: stepAt(definition, index).service,
    start: { state: { row: 'NONE', effect: 0, noted: [] } },
    react: (state, event) =>
      event === undefined ? [] : subject.follow(followed, state, { event, guard: subject }),
  };
}

/** The events of step `index`. */
export function followedBy(definition: SagaDefinition, index: number): Followed {
  const { succeeded, refused, undone } = stepAt(definition, index);
  return {
    needs: correct.needs(definition, index),
    succeeded: succeeded.type,
    refused: refused?.type,
    undone: undone?.type,
    rejected: definition.rejected.type,
  };
}
