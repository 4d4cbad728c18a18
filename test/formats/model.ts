/** Maps of maps, printed as YAML or JSON in several layouts: the material of the property tests. */

import fc from 'fast-check';

export type Model = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface Style {
  readonly format: 'yaml' | 'json';
  readonly indent: string;
  /** Inner maps on one line. */
  readonly flow: boolean;
  readonly comments: boolean;
  /** A blank line between groups. */
  readonly spaced: boolean;
}

export const styles: fc.Arbitrary<Style> = fc.record({
  format: fc.constantFrom('yaml', 'json'),
  indent: fc.constantFrom('  ', '    '),
  flow: fc.boolean(),
  comments: fc.boolean(),
  spaced: fc.boolean(),
});

/** Groups in the order of their names, keys in the order of theirs. */
export function modelOf(rows: readonly (readonly [group: string, key: string, value: string])[]): Model {
  const model = new Map<string, Map<string, string>>();
  for (const [group, key, value] of rows.toSorted((a, b) =>
    `${a[0]}.${a[1]}` < `${b[0]}.${b[1]}` ? -1 : 1,
  )) {
    model.set(group, (model.get(group) ?? new Map<string, string>()).set(key, value));
  }
  return model;
}

export function render(model: Model, style: Style): string {
  return style.format === 'json' ? renderJson(model, style) : renderYaml(model, style);
}

function renderYaml(model: Model, { indent, flow, comments, spaced }: Style): string {
  const groups = [...model].map(([group, keys]) => {
    const note = comments ? `# About ${group}.\n` : '';
    const inside = flow
      ? ` { ${[...keys].map(([key, value]) => `${key}: ${value}`).join(', ')} }`
      : [...keys].map(([key, value]) => `\n${indent}${key}: ${value}${comments ? ` # ${key}` : ''}`).join('');
    return `${note}${group}:${inside}\n`;
  });
  return groups.join(spaced ? '\n' : '');
}

function renderJson(model: Model, { indent, flow, comments, spaced }: Style): string {
  const groups = [...model].map(([group, keys], index) => {
    const comma = index < model.size - 1 ? ',' : '';
    const note = comments ? `${indent}// About ${group}.\n` : '';
    const pairs = [...keys].map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    const lines = pairs.map(
      (pair, at) =>
        `\n${indent}${indent}${pair}${at < pairs.length - 1 ? ',' : ''}${comments ? ' // pair' : ''}`,
    );
    const inside = flow ? `{ ${pairs.join(', ')} }` : `{${lines.join('')}\n${indent}}`;
    return `${note}${indent}${JSON.stringify(group)}: ${inside}${comma}\n`;
  });
  return groups.length === 0 ? '{}\n' : `{\n${groups.join(spaced ? '\n' : '')}}\n`;
}
