// What every picture of a saga is made of: a Mermaid sequence diagram.

/** The diagram of these services, in this order, with `lines` below them. */
export function sequence(services: readonly string[], lines: readonly string[]): string {
  const participants = [...new Set(services)].map((service) => `participant ${idOf(service)} as ${service}`);
  return `${['sequenceDiagram', ...indent([...participants, ...lines])].join('\n')}\n`;
}

/** What takes another way from here: `when`, and what happens then. */
export function otherwise(when: string, lines: readonly string[]): string[] {
  return [`break ${when}`, ...indent(lines), 'end'];
}

/** `price-list` -> `PriceListService`: a service may be called what is a word of Mermaid, such as `end`. */
export function idOf(service: string): string {
  const words = service.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Service`;
}

const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
