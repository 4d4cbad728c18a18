// Who takes part in an orchestrated saga, for the model check: the initiator, as `decide` has it, and for each step a
// participant that does what it is asked. No inbox keeps repetitions from them.
import {
  begin,
  type Decision,
  decide,
  isEnded,
  type SagaDefinition,
  type SagaEvent,
  type SagaState,
  type Step,
} from '../../../src/saga/index.ts';
import type { Actor } from './actors.ts';
import type { Model } from './explore.ts';
import { type Answer, answered, perform, type StepDone, type StepState, undo } from './guard.ts';
import { type Decided, initiator } from './initiator.ts';
import { isDone, isWithdrawn, type Rules, rulesOf } from './rules.ts';

/** What is checked; a planted bug replaces one of them. */
export const correct = { decide, perform, undo };

export type Subject = typeof correct;

/** The sagas of a table. */
export function modelOf(definition: SagaDefinition, subject: Subject = correct): Model<SagaState> {
  return {
    initiator: initiator<SagaState, SagaEvent>({
      name: definition.initiator,
      begun: toDecided(begin(definition, { tripId: '1' })),
      decide: (saga, event) => {
        const decision = subject.decide(definition, saga, event);
        return decision.ignored ? undefined : toDecided(decision);
      },
      read: (message) => readReply(definition, message),
    }),
    participants: definition.steps.map((step) => participant(step, subject)),
    rules: { ...rulesOf(definition), ...ownRules },
  };
}

const ownRules: Rules = {
  'what was done last is undone first': ({ steps }) =>
    !steps.some((step, index) => isWithdrawn(step) && steps.slice(index + 1).some(isDone)),
};

/** To keep the model finite a command's id is its type, so more answers count here than in truth. */
function toDecided({ state, command }: Decision): Decided<SagaState> {
  const tells = command?.type.type;
  return { saga: { ...state, lastCommandId: tells ?? state.lastCommandId }, tells, isEnd: isEnded(state) };
}

/** Which command a message answers, and how. */
function readReply({ steps }: SagaDefinition, message: string): SagaEvent | undefined {
  for (const { call, succeeded, refused, undo: takeBack, undone } of steps) {
    const lost = [call, takeBack].find((command) => command && message === failed(command.type));
    if (lost) return { type: 'reply', commandId: lost.type, result: 'failed' };
    if (message === succeeded.type) return { type: 'reply', commandId: call.type, result: 'succeeded' };
    if (message === refused?.type) return { type: 'reply', commandId: call.type, result: 'refused' };
    if (takeBack && message === undone?.type)
      return { type: 'reply', commandId: takeBack.type, result: 'undone' };
  }
  return undefined;
}

/** What is told of a command that has ended in the dead letters. */
const failed = (command: string) => `${command} failed`;

function participant(step: Step, subject: Subject): Actor<StepDone> {
  const { service, succeeded, refused, undone } = step;
  const replies = { succeeded: succeeded.type, refused: refused?.type, undone: undone?.type };
  return {
    name: service,
    start: { state: { row: 'NONE', effect: 0 } },
    *react(state, command) {
      if (command === undefined) return;
      const answers = answersTo(step, command, { row: state.row, guard: subject });
      for (const answer of answers) yield { state: answered(state, answer), tells: replies[answer.result] };
      if (answers.length > 0) yield { state, tells: failed(command) };
    },
  };
}

/** All that the step's guard may say to a command; nothing, if it is not for this step. */
function answersTo(
  { call, refused, undo: takeBack }: Step,
  command: string,
  { row, guard }: { row: StepState; guard: Pick<Subject, 'perform' | 'undo'> },
): Answer[] {
  if (command === takeBack?.type) return [guard.undo(row)];
  if (command !== call.type) return [];
  return (refused ? [true, false] : [true]).map((accepts) => guard.perform(row, accepts));
}
