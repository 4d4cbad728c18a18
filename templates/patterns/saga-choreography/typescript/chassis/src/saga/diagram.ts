// Draws a saga from its table, so that a picture in a document cannot differ from what runs.
import { eventsBefore, type SagaDefinition } from './definition.ts';
import { idOf, otherwise, sequence } from './sequence.ts';

/** The saga as a Mermaid sequence diagram: which event each service follows, and where it is rejected. */
export function mermaid(definition: SagaDefinition): string {
  const { initiator, steps, pivot, confirmed, rejected } = definition;
  const starter = idOf(initiator);
  const teller = (type: string) =>
    idOf(steps.find(({ succeeded }) => succeeded.type === type)?.service ?? initiator);
  const lines = steps.flatMap(({ service, succeeded, refused }, index) => [
    ...eventsBefore(definition, index).map(({ type }) => `${teller(type)}-)${idOf(service)}: ${type}`),
    `${idOf(service)}-)${starter}: ${succeeded.type}`,
    ...(refused
      ? otherwise('it refuses', [
          `${idOf(service)}-)${starter}: ${refused.type}`,
          `Note over ${starter}: ${rejected.type}: all undo`,
        ])
      : []),
    ...(index === pivot ? [`Note over ${starter}: ${confirmed.type}, no way back`] : []),
  ]);
  return sequence([initiator, ...steps.map(({ service }) => service)], lines);
}
