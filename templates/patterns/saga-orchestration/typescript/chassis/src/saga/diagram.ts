// Draws a saga from its table, so that a picture in a document cannot differ from what runs.
import type { SagaDefinition, Step } from './definition.ts';

/** The saga as a Mermaid sequence diagram: the way that ends well, and the breaks that undo it. */
export function mermaid(definition: SagaDefinition): string {
  const { initiator, steps } = definition;
  const services = [...new Set([initiator, ...steps.map(({ service }) => service)])];
  const lines = [
    'sequenceDiagram',
    ...indent(services.map((service) => `participant ${service}`)),
    ...indent(steps.flatMap((step, index) => drawStep(definition, { step, index }))),
    ...indent([`Note over ${initiator}: ${definition.name} confirmed`]),
  ];
  return `${lines.join('\n')}\n`;
}

function drawStep(definition: SagaDefinition, { step, index }: { step: Step; index: number }): string[] {
  const { initiator, pivot, steps } = definition;
  const { service, call, succeeded, refused, undo } = step;
  const earlier = steps.slice(0, index);
  return [
    `${initiator}->>${service}: ${call.type}`,
    ...(refused
      ? drawBreak(definition, 'refused', [
          `${service}-->>${initiator}: ${refused.type}`,
          ...drawUndo(initiator, earlier),
        ])
      : []),
    ...(index <= pivot && undo
      ? drawBreak(
          definition,
          `no answer within the deadline of ${definition.deadlineMs / 1000} s`,
          drawUndo(initiator, [...earlier, step]),
        )
      : []),
    ...(index === pivot && !undo ? [`Note over ${initiator},${service}: asked again until it answers`] : []),
    ...(index > pivot ? [`Note over ${initiator},${service}: sent again until it succeeds`] : []),
    `${service}-->>${initiator}: ${succeeded.type}`,
    ...(index === pivot ? [`Note over ${initiator}: point of no return`] : []),
  ];
}

function drawBreak({ initiator, name }: SagaDefinition, when: string, lines: readonly string[]): string[] {
  return [`break ${when}`, ...indent([...lines, `Note over ${initiator}: ${name} rejected`]), 'end'];
}

function drawUndo(initiator: string, steps: readonly Step[]): string[] {
  return steps
    .toReversed()
    .flatMap(({ service, undo, undone }) => [
      `${initiator}->>${service}: ${undo?.type}`,
      `${service}-->>${initiator}: ${undone?.type}`,
    ]);
}

const indent = (lines: readonly string[]) => lines.map((line) => `    ${line}`);
