/** Settles the names of a saga: its steps, its messages, and what its initiator does at the end. */

import type { Sample } from '../catalog/catalog.ts';
import { SpecError } from '../spec/input.ts';
import type { SagaSpec, Spec } from '../spec/spec.ts';
import { parseStep, type Step } from '../spec/step.ts';
import { messageNames, namesOf, pluralOf } from './names.ts';
import type { PlannedSaga, PlannedStep } from './plan.ts';
import { type Words, wordsOf } from './words.ts';

/**
 * Names everything in the saga. The derived names give way to a sample's where the sample fits the spec.
 * @throws SpecError where two messages would have one name.
 */
export function planSaga(spec: Spec, sample: Sample | null): PlannedSaga | null {
  if (!spec.saga) return null;
  const { name, style, initiator } = spec.saga;
  const plural = spec.services[initiator]?.channel ?? pluralOf(initiator);
  const saga = {
    ...wordsOf(name),
    style,
    initiator: wordsOf(initiator),
    plural: wordsOf(plural),
    confirm: wordsOf(`confirm-${initiator}`),
    confirmed: wordsOf(`${initiator}-confirmed`),
    reject: wordsOf(`reject-${initiator}`),
    rejected: wordsOf(`${initiator}-rejected`),
    steps: planSteps(spec.saga, sample),
  };
  checkMessageNames(saga);
  return saga;
}

function planSteps(saga: SagaSpec, sample: Sample | null): readonly PlannedStep[] {
  const steps = saga.steps.map((text) => parseStep(text) as Step);
  const pivot = steps.findIndex((step) => step.pivot);
  return steps.map((step, index) => {
    const key = `${step.service}.${step.action}`;
    const given = sample?.names[key];
    return {
      ...(given ? namesOf(given) : messageNames(step, { canRefuse: index <= pivot })),
      key,
      service: wordsOf(step.service),
      action: wordsOf(step.action),
      pivot: step.pivot,
      compensatable: index < pivot,
      retriable: index > pivot,
    };
  });
}

/** One name means one message: in queues, diagrams and logs. */
function checkMessageNames(saga: PlannedSaga): void {
  const taken = new Map<string, string>();
  const take = (words: Words | null, place: string, index: number | null) => {
    if (!words) return;
    const other = taken.get(words.Pascal);
    if (other) {
      const path = index === null ? ['saga', 'name'] : ['saga', 'steps', index];
      throw new SpecError(path, `Two messages would be called ${words.Pascal}: of ${other} and of ${place}`);
    }
    taken.set(words.Pascal, place);
  };
  const initiator = `the initiator "${saga.initiator.name}"`;
  for (const words of [saga.confirm, saga.confirmed, saga.reject, saga.rejected])
    take(words, initiator, null);
  take(saga, `the saga "${saga.name}"`, null);
  for (const [index, step] of saga.steps.entries()) {
    const place = `the step "${step.key}"`;
    for (const words of [step.command, step.done, step.refused, step.compensation, step.undone]) {
      take(words, place, index);
    }
  }
}
