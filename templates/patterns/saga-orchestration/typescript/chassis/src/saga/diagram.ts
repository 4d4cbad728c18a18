// Draws a saga from its table, so that a picture in a document cannot differ from what runs.
import type { SagaDefinition, Step } from './definition.ts';

/** The saga as a Mermaid sequence diagram: the way that ends well, and the breaks that undo it. */
export function mermaid({ name, initiator, steps, pivot }: SagaDefinition): string {
  const starter = idOf(initiator);
  const services = [...new Set([initiator, ...steps.map(({ service }) => service)])];
  const lines = [
    ...services.map((service) => `participant ${idOf(service)} as ${service}`),
    ...steps.flatMap(({ service, call, succeeded, refused }, index) => [
      `${starter}->>${idOf(service)}: ${call.type}`,
      ...(refused
        ? [
            `break ${refused.type}`,
            ...indent([
              ...drawUndo(starter, steps.slice(0, index)),
              `Note over ${starter}: ${name} rejected`,
            ]),
            'end',
          ]
        : []),
      `${idOf(service)}-->>${starter}: ${succeeded.type}`,
      ...(index === pivot ? [`Note over ${starter}: point of no return`] : []),
    ]),
    `Note over ${starter}: ${name} confirmed`,
  ];
  return `${['sequenceDiagram', ...indent(lines)].join('\n')}\n`;
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

/** `price-list` -> `PriceListService`: a service may be called what is a word of Mermaid, such as `end`. */
function idOf(service: string): string {
  const words = service.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Service`;
}

const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
