// Draws a saga from its table, so that a picture in a document cannot differ from what runs.
import type { SagaDefinition, Step } from './definition.ts';
import { idOf, otherwise, sequence } from './sequence.ts';

/** The saga as a Mermaid sequence diagram: the way that ends well, and the breaks that undo it. */
export function mermaid({ name, initiator, steps, pivot }: SagaDefinition): string {
  const starter = idOf(initiator);
  const lines = steps.flatMap(({ service, call, succeeded, refused }, index) => [
    `${starter}->>${idOf(service)}: ${call.type}`,
    ...(refused
      ? otherwise(refused.type, [
          ...drawUndo(starter, steps.slice(0, index)),
          `Note over ${starter}: ${name} rejected`,
        ])
      : []),
    `${idOf(service)}-->>${starter}: ${succeeded.type}`,
    ...(index === pivot ? [`Note over ${starter}: point of no return`] : []),
  ]);
  const services = [initiator, ...steps.map(({ service }) => service)];
  return sequence(services, [...lines, `Note over ${starter}: ${name} confirmed`]);
}

function drawUndo(starter: string, steps: readonly Step[]): string[] {
  return steps
    .toReversed()
    .flatMap(({ service, undo, undone }) =>
      undo
        ? [`${starter}->>${idOf(service)}: ${undo.type}`, `${idOf(service)}-->>${starter}: ${undone?.type}`]
        : [],
    );
}
