import type { Enum, Message, ProtoFile } from './model.ts';

/** The text of a proto, as `buf format` lays it out. */
export function printProto({ package: name, service, methods, types }: ProtoFile): string {
  const calls = methods.flatMap(({ name: method, request, response, isStream, comment }) => [
    ...commented(comment, '  '),
    `  rpc ${method}(${request}) returns (${isStream ? 'stream ' : ''}${response});`,
  ]);
  const blocks = [
    'syntax = "proto3";',
    `package ${name};`,
    block(`service ${service}`, calls),
    ...types.map((type) => (type.kind === 'message' ? printMessage(type) : printEnum(type))),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function printMessage({ name, fields, reserved, comment }: Message): string {
  const lines = [
    ...(reserved.numbers.length > 0 ? [`  reserved ${reserved.numbers.join(', ')};`] : []),
    ...(reserved.names.length > 0
      ? [`  reserved ${reserved.names.map((one) => `"${one}"`).join(', ')};`]
      : []),
    ...fields.flatMap((field) => [
      ...commented(field.comment, '  '),
      `  ${field.label === '' ? '' : `${field.label} `}${field.type} ${field.name} = ${field.number};`,
    ]),
  ];
  return [...commented(comment, ''), block(`message ${name}`, lines)].join('\n');
}

function printEnum({ name, values, comment }: Enum): string {
  const lines = values.map((value) => `  ${value.name} = ${value.number};`);
  return [...commented(comment, ''), block(`enum ${name}`, lines)].join('\n');
}

function block(head: string, lines: readonly string[]): string {
  return lines.length === 0 ? `${head} {}` : `${head} {\n${lines.join('\n')}\n}`;
}

function commented(comment: string | null, indent: string): string[] {
  return comment ? comment.split('\n').map((line) => `${indent}// ${line}`.trimEnd()) : [];
}
