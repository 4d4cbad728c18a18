// Draws a saga from its table, so that a picture in a document cannot differ from what runs.
import { eventsBefore, type SagaDefinition } from './definition.ts';

/** The saga as a Mermaid sequence diagram: which event each service follows, and where it is rejected. */
export function mermaid(definition: SagaDefinition): string {
  const { initiator, steps, pivot, confirmed, rejected } = definition;
  const starter = idOf(initiator);
  const services = [...new Set([initiator, ...steps.map(({ service }) => service)])];
  const teller = (type: string) =>
    idOf(steps.find(({ succeeded }) => succeeded.type === type)?.service ?? initiator);
  const lines = [
    ...services.map((service) => `participant ${idOf(service)} as ${service}`),
    ...steps.flatMap(({ service, succeeded, refused }, index) => [
      ...eventsBefore(definition, index).map(({ type }) => `${teller(type)}-)${idOf(service)}: ${type}`),
      `${idOf(service)}-)${starter}: ${succeeded.type}`,
      ...(refused
        ? [
            'break it refuses',
            ...indent([
              `${idOf(service)}-)${starter}: ${refused.type}`,
              `Note over ${starter}: ${rejected.type}: all undo`,
            ]),
            'end',
          ]
        : []),
      ...(index === pivot ? [`Note over ${starter}: ${confirmed.type}, no way back`] : []),
    ]),
  ];
  return `${['sequenceDiagram', ...indent(lines)].join('\n')}\n`;
}

/** `price-list` -> `PriceListService`: a service may be called what is a word of Mermaid, such as `end`. */
function idOf(service: string): string {
  const words = service.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Service`;
}

const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
