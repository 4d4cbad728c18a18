// Draws a saga from its table, so that a picture in a document cannot differ from what runs.
import { eventsBefore, type SagaDefinition, type Step } from './definition.ts';

/** The saga as a Mermaid sequence diagram: which event each service follows, and the breaks that undo it. */
export function mermaid(definition: SagaDefinition): string {
  const { initiator, steps, pivot, confirmed } = definition;
  const services = [...new Set([initiator, ...steps.map(({ service }) => service)])];
  const lines = [
    'sequenceDiagram',
    ...indent(services.map((service) => `participant ${service}`)),
    ...indent(
      steps.flatMap((step, index) => [
        ...drawStep(definition, { step, index }),
        ...(index === pivot ? [`Note over ${initiator}: point of no return, ${confirmed.type}`] : []),
      ]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function drawStep(definition: SagaDefinition, { step, index }: { step: Step; index: number }): string[] {
  const { initiator, steps, pivot } = definition;
  const { service, succeeded, refused } = step;
  const needed = eventsBefore(definition, index);
  const teller = (type: string) =>
    steps.find((earlier) => earlier.succeeded.type === type)?.service ?? initiator;
  return [
    ...needed.map(({ type }) => `${teller(type)}-)${service}: ${type}`),
    ...(refused
      ? [
          `break ${refused.type}, or no end within the deadline of ${definition.deadlineMs / 1000} s`,
          ...indent([`${service}-)${initiator}: ${refused.type}`, ...drawUndo(definition)]),
          'end',
        ]
      : []),
    ...(index > pivot ? [`Note over ${initiator},${service}: told again until it succeeds`] : []),
    `${service}-)${initiator}: ${succeeded.type}`,
  ];
}

function drawUndo({ initiator, steps, rejected }: SagaDefinition): string[] {
  return steps
    .filter(({ undone }) => undone)
    .flatMap(({ service, undone }) => [
      `${initiator}-)${service}: ${rejected.type}`,
      `${service}-)${initiator}: ${undone?.type}`,
    ]);
}

const indent = (lines: readonly string[]) => lines.map((line) => `    ${line}`);
