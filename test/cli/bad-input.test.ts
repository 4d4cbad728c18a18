import { describe, expect, it } from 'vitest';
import { emptyFolder, fill } from '../lifecycle/folder.ts';
import { snapshot } from '../lifecycle/snapshot.ts';
import { createMsvc } from './command.ts';

interface BadInput {
  readonly what: string;
  readonly args: readonly string[];
  readonly code: number;
  /** stderr without its mark: the sentence, and the hint below it. `ROOT` stands for the folder. */
  readonly says: readonly [sentence: string, hint?: string];
  /** What the folder holds before, and after. */
  readonly files?: Parameters<typeof fill>[1];
  readonly input?: string;
}

const shape = 'must be lower-case letters and digits in words joined by "-", starting with a letter';
const fitting = [
  ['__proto__', 'proto'],
  ['getStock', 'get-stock'],
  ['my_svc', 'my-svc'],
] as const;
const both = 'Leave one of them out';
const many = (start: string, count: number) => Array.from({ length: count }, (_, at) => start + at).join();

const names: readonly BadInput[] = [
  {
    what: 'a name with a space',
    args: ['My App'],
    code: 2,
    says: [`The name "My App" ${shape}`, 'Try my-app'],
  },
  {
    what: 'a name that starts with a digit',
    args: ['1st'],
    code: 2,
    says: [`The name "1st" ${shape}`, 'Try st'],
  },
  { what: 'an empty name', args: [''], code: 2, says: ['The name "" is empty'] },
  { what: 'a reserved name', args: ['con'], code: 2, says: ['The name "con" is a reserved name'] },
  {
    what: 'an over-long name',
    args: ['a'.repeat(51)],
    code: 2,
    says: [`The name "${'a'.repeat(51)}" is longer than 50 characters`],
  },
  {
    what: 'a name with a control character',
    args: ['shop\u001b[2J'],
    code: 2,
    says: ['The folder "shop\\u001b[2J" has control characters in its name', 'Choose another name'],
  },
  {
    what: 'a reserved service name',
    args: ['shop', '--services', 'user,class'],
    code: 2,
    says: ['--services: "class" is a reserved name'],
  },
  {
    what: 'a service whose plural is reserved',
    args: ['shop', '--services', 'user,reference'],
    code: 2,
    says: [
      '--services: "reference" gives the channel "references", which is a reserved name',
      'Give services.reference.channel in msvc.yaml another name',
    ],
  },
  {
    what: 'a reserved channel in the file',
    args: ['--config', '-'],
    input: 'name: shop\nservices:\n  city: { channel: table }\n',
    code: 2,
    says: ['stdin:3:20: services.city.channel: "table" is a reserved name'],
  },
  {
    what: 'a reserved role of PostgreSQL',
    args: ['shop', '--services', 'pg-user'],
    code: 2,
    says: ['--services: "pg-user" is a reserved name'],
  },
  {
    what: 'an over-long service name',
    args: ['shop', '--services', 'a-service-of-many-words'],
    code: 2,
    says: ['--services: "a-service-of-many-words" is longer than 20 characters'],
  },
  {
    what: 'a reserved saga name',
    args: ['shop', '--saga-name', 'flow'],
    code: 2,
    says: ['--saga-name: "flow" is a reserved name'],
  },
  {
    what: 'a saga with the name of a service',
    args: ['shop', '--saga-name', 'order'],
    code: 2,
    says: ['--saga-name: "order" is the name of a service'],
  },
  {
    what: 'a saga with the name of a function',
    args: ['shop', '--saga-name', 'find-order'],
    code: 2,
    says: ['--saga-name: "find-order" is a name that the code of "order" uses itself'],
  },
  {
    what: 'a reserved action in a step',
    args: ['shop', '--services', 'trip', '--saga-name', 'x', '--saga-steps', 'courier.find'],
    code: 2,
    says: ['--saga-steps: "find" is a reserved name'],
  },
  {
    what: 'more steps than a saga can have',
    args: ['shop', '--services', 'trip', '--saga-name', 'x', '--saga-steps', many('hotel.x', 5000)],
    code: 2,
    says: ['--saga-steps has more than 40 steps'],
  },
  {
    what: 'a service twice',
    args: ['shop', '--services', 'a,a'],
    code: 2,
    says: ['--services names "a" twice'],
  },
  {
    what: 'a reserved service name in a call',
    args: ['shop', '--calls', 'order:class'],
    code: 2,
    says: ['--calls: "class" is a reserved name'],
  },
  {
    what: 'a reserved service name in a step',
    args: ['shop', '--services', 'trip', '--saga-name', 'x', '--saga-steps', 'class.book/cancel'],
    code: 2,
    says: ['--saga-steps: "class" is a reserved name'],
  },
  ...fitting.map(([name, fit]) => ({
    what: `${name} as a service`,
    args: ['shop', '--services', `user,${name}`],
    code: 2,
    says: [`--services: "${name}" ${shape}`, `Try ${fit}`] as const,
  })),
  ...['constructor', 'prototype'].map((name) => ({
    what: `${name} as a service`,
    args: ['shop', '--services', `user,${name}`],
    code: 2,
    says: [`--services: "${name}" is a reserved name`] as const,
  })),
];

const hints: readonly BadInput[] = [
  {
    what: 'the name of a system in the file',
    args: ['--config', '-'],
    input: 'name: my_app\n',
    code: 2,
    says: [`stdin:1:7: name: "my_app" ${shape}`, 'Try my-app'],
  },
  {
    what: 'the name of a saga',
    args: ['shop', '--saga-name', 'placeOrder'],
    code: 2,
    says: [`--saga-name: "placeOrder" ${shape}`, 'Try place-order'],
  },
  {
    what: 'a pattern in place of a choice',
    args: ['shop', '--saga', 'saga-orchestration'],
    code: 2,
    says: ['--saga: "saga-orchestration" is not one of orchestration, none', 'Did you mean "orchestration"?'],
  },
  {
    what: 'a list with nothing in it',
    args: ['shop', '--services', ','],
    code: 2,
    says: ['--services "," has an empty part', 'Separate the parts with single commas'],
  },
  {
    what: 'a list with a gap',
    args: ['shop', '--calls', 'order:user,,payment:user'],
    code: 2,
    says: ['--calls "order:user,,payment:user" has an empty part', 'Separate the parts with single commas'],
  },
  {
    what: 'a file without a name',
    args: ['shop', '--config', ''],
    code: 2,
    says: ['--config "" names no file', 'Such as --config msvc.yaml, or --config - for stdin'],
  },
];

const targets: readonly BadInput[] = [
  {
    what: 'a folder that is not empty',
    args: ['shop'],
    files: { 'shop/notes.txt': 'mine\n' },
    code: 5,
    says: ['Cannot create "ROOT/shop": it is not empty (notes.txt)', 'Choose another folder'],
  },
  {
    what: 'a target that is a file',
    args: ['shop'],
    files: { shop: 'mine\n' },
    code: 5,
    says: ['Cannot create "ROOT/shop": it is there and is not a folder'],
  },
  {
    what: 'a parent that is a file',
    args: ['notes/shop'],
    files: { notes: 'mine\n' },
    code: 5,
    says: ['Cannot write to "ROOT/notes/shop": a part of its path is not a folder'],
  },
  {
    what: 'a parent that is a link to nothing',
    args: ['gone/shop'],
    files: { gone: { link: 'nowhere' } },
    code: 1,
    says: ['Cannot write to "ROOT/gone/shop": a part of its path is missing'],
  },
];

const flags: readonly BadInput[] = [
  {
    what: 'the help of an unknown command',
    args: ['help', 'nope'],
    code: 2,
    says: ['Unknown command "nope"', 'See create-msvc --help'],
  },
  {
    what: 'an unknown flag',
    args: ['shop', '--brokr', 'x'],
    code: 2,
    says: ['Unknown option "--brokr"', 'Did you mean --broker?'],
  },
  {
    what: 'a flag without its value',
    args: ['shop', '--broker'],
    code: 2,
    says: ['Option "--broker <choice>" argument missing', 'See create-msvc --help'],
  },
  {
    what: 'an unknown command',
    args: ['lsit'],
    code: 2,
    says: ['Unknown command "lsit"', 'Did you mean "list"? For a folder of that name write ./lsit'],
  },
  {
    what: 'a command of a later version',
    args: ['doctor'],
    code: 2,
    says: ['This version has no command "doctor"', 'For a folder of that name write ./doctor'],
  },
  {
    what: 'two folders',
    args: ['shop', 'other'],
    code: 2,
    says: ['Too many arguments. Expected 1 argument but got 2', 'See create-msvc --help'],
  },
  {
    what: 'both forms of a flag',
    args: ['shop', '--circuit-breaker', '--no-circuit-breaker'],
    code: 2,
    says: ['--circuit-breaker and --no-circuit-breaker contradict each other', both],
  },
  {
    what: 'two values of a flag',
    args: ['shop', '--broker', 'rabbitmq', '--broker', 'none'],
    code: 2,
    says: ['--broker "rabbitmq" and --broker "none" contradict each other', both],
  },
  {
    what: 'a detail of what is left out',
    args: ['shop', '--no-circuit-breaker', '--breaker-threshold', '3'],
    code: 2,
    says: ['--no-circuit-breaker and --breaker-threshold contradict each other', both],
  },
  {
    what: 'a flag of another command',
    args: ['--broker', 'none', 'list'],
    code: 2,
    says: ['--broker has no meaning for the command "list"'],
  },
  {
    what: 'another package manager',
    args: ['shop', '--package-manager', 'pnpm'],
    code: 2,
    says: [
      '--package-manager "pnpm" is not supported: the generated workspaces are npm\'s',
      'Leave it out, or write --package-manager npm',
    ],
  },
];

const choices: readonly BadInput[] = [
  {
    what: 'an unknown choice',
    args: ['shop', '--broker', 'rabitmq'],
    code: 2,
    says: ['--broker: "rabitmq" is not one of rabbitmq, none', 'Did you mean "rabbitmq"?'],
  },
  {
    what: 'a threshold that is no number',
    args: ['shop', '--breaker-threshold', 'many'],
    code: 2,
    says: ['--breaker-threshold "many" is not a whole number'],
  },
  {
    what: 'a threshold out of range',
    args: ['shop', '--breaker-threshold', '0'],
    code: 2,
    says: ['--breaker-threshold: 0 is not a whole number from 1 to 1000'],
  },
  {
    what: 'a call without a callee',
    args: ['shop', '--calls', 'order'],
    code: 2,
    says: ['--calls "order" does not say who calls whom', 'For example --calls order:user'],
  },
  {
    what: 'a saga without a broker',
    args: ['shop', '--broker', 'none', '--saga', 'orchestration'],
    code: 2,
    says: ['--saga: "saga-orchestration" needs "broker", and broker is "none"', 'Choose rabbitmq'],
  },
  {
    what: 'a name for no saga',
    args: ['shop', '--saga', 'none', '--saga-name', 'x'],
    code: 2,
    says: ['--saga-name has no meaning without a saga'],
  },
  {
    what: 'a step that cannot be undone before the pivot',
    args: ['trip', '--saga-name', 'book-trip', '--saga-steps', 'hotel.reserve,flight.book/cancel'],
    code: 2,
    says: ['--saga-steps: "hotel.reserve" needs a compensation: it comes before the pivot'],
  },
];

const answers: readonly BadInput[] = [
  {
    what: 'no folder, and nobody to ask',
    args: [],
    code: 2,
    says: [
      'The folder [dir] is missing, and nothing can be asked here',
      'Name it, such as create-msvc my-app, or take every default with --yes',
    ],
  },
  {
    what: 'a saga without steps, and nobody to ask',
    args: ['trip', '--services', 'trip,hotel', '--saga', 'orchestration'],
    code: 2,
    says: ['--saga-steps is needed for a saga over your own services', 'For example hotel.reserve/cancel'],
  },
];

const broken = 'name: shop\nbroker: rabbitmq\nsync: [rest\n';
const configs: readonly BadInput[] = [
  {
    what: 'broken YAML',
    args: ['--config', 'c.yaml'],
    files: { 'c.yaml': broken },
    code: 2,
    says: ['c.yaml:4:1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  },
  {
    what: 'an alias that stands in what it names',
    args: ['--config', '-'],
    input: 'name: x\nsaga: &s\n  name: foo\n  steps: *s\n',
    code: 2,
    says: ['stdin:4:10: The alias *s stands in what it names'],
  },
  {
    what: 'more on stdin than any spec has',
    args: ['--config', '-'],
    input: 'a: b\n'.repeat(1_000_000),
    code: 2,
    says: ['stdin is longer than 256 KB'],
  },
  {
    what: 'a service of a step that cannot be called so',
    args: ['--config', 'c.yaml'],
    files: {
      'c.yaml': 'saga:\n  name: book-trip\n  initiator: trip\n  steps: [hotel.book/cancel, class.book]\n',
    },
    code: 2,
    says: ['c.yaml:4:30: saga.steps[1]: "class" is a reserved name'],
  },
  {
    what: 'broken JSON on stdin',
    args: ['--config', '-'],
    input: '{\n  "name": "shop"\n  "broker": "none"\n}\n',
    code: 2,
    says: ['stdin:3:3: Missing , between flow map items'],
  },
  {
    what: 'an unknown key',
    args: ['--config', 'c.yaml'],
    files: { 'c.yaml': 'name: shop\nbrokr: none\n' },
    code: 2,
    says: ['c.yaml:2:8: brokr is not a key of the spec', 'Did you mean "broker"?'],
  },
  {
    what: 'a value of the file that cannot stand',
    args: ['--config', 'c.yaml'],
    files: { 'c.yaml': 'name: shop\nsaga:\n  name: x\n  steps: [hotel.reserve, flight.book/cancel]\n' },
    code: 2,
    says: ['c.yaml:4:11: saga.steps[0]: "hotel.reserve" needs a compensation: it comes before the pivot'],
  },
  ...fitting.map(([name, fit]) => ({
    what: `${name} as a service of the file`,
    args: ['--config', 'c.yaml'],
    files: { 'c.yaml': `name: shop\nservices:\n  user: {}\n  ${name}: {}\n` },
    code: 2,
    says: [`c.yaml:4:${name.length + 5}: services.${name}: "${name}" ${shape}`, `Try ${fit}`] as const,
  })),
  {
    what: '__proto__ as a service of a file in JSON',
    args: ['--config', '-'],
    input: '{ "name": "shop", "services": { "__proto__": {} } }\n',
    code: 2,
    says: [`stdin:1:46: services.__proto__: "__proto__" ${shape}`, 'Try proto'],
  },
  {
    what: '__proto__ as a key',
    args: ['--config', 'c.yaml'],
    files: { 'c.yaml': 'name: shop\n__proto__: {}\n' },
    code: 2,
    says: ['c.yaml:2:12: __proto__ is not a key of the spec'],
  },
  {
    what: 'a flag that contradicts the file',
    args: ['--config', 'c.yaml', '--broker', 'none'],
    files: { 'c.yaml': 'name: shop\nbroker: rabbitmq\n' },
    code: 2,
    says: ['--broker contradicts c.yaml:2:9', 'Leave the flag out, or change the file'],
  },
  {
    what: 'calls that contradict the services of the file',
    args: ['--config', 'c.yaml', '--calls', 'a:c'],
    files: { 'c.yaml': 'name: shop\nservices:\n  a: {}\n  b: {}\n' },
    code: 2,
    says: ['--calls contradicts c.yaml:3:3', 'Leave the flag out, or change the file'],
  },
  ...[
    ['--saga-name', 'buy', 'saga: none'],
    ['--breaker-threshold', '4', 'circuitBreaker: false'],
    ['--no-circuit-breaker', '', 'circuitBreaker: {}'],
  ].map(([flag = '', value = '', line = '']) => ({
    what: `${flag} that contradicts ${line}`,
    args: ['--config', 'c.yaml', flag, ...(value === '' ? [] : [value])],
    files: { 'c.yaml': `name: shop\n${line}\n` },
    code: 2,
    says: [
      `${flag} contradicts c.yaml:2:${line.indexOf(' ') + 2}`,
      'Leave the flag out, or change the file',
    ] as const,
  })),
  {
    what: 'a file that is not there',
    args: ['--config', 'c.yaml'],
    code: 2,
    says: ['Cannot read --config "c.yaml": there is no such file'],
  },
];

const additions: readonly BadInput[] = [
  {
    what: 'a folder without a system',
    args: ['add', 'rabbitmq'],
    code: 5,
    says: ['"ROOT" holds no system that create-msvc generated', 'Run it at the root of a generated system'],
  },
  {
    what: 'a detail of what is not added',
    args: ['add', 'rabbitmq', '--saga-name', 'x'],
    code: 2,
    says: ['--saga-name has no meaning here: nothing of "saga" is added'],
  },
  {
    what: 'no pattern',
    args: ['add'],
    code: 2,
    says: ['Missing required argument "pattern"', 'See create-msvc --help'],
  },
];

describe.each([
  ['names', names],
  ['hints', hints],
  ['targets', targets],
  ['flags', flags],
  ['choices', choices],
  ['answers', answers],
  ['--config', configs],
  ['add', additions],
])('bad input: %s', (_group, rows) => {
  it.each(rows)(
    '$what: exit $code, one sentence, nothing written',
    async ({ args, code, says, files = {}, input }) => {
      const cwd = fill(emptyFolder(), files);
      const before = snapshot(cwd);
      const finished = await createMsvc(args, { cwd, ...(input !== undefined && { input }) });
      const [sentence, hint] = says;
      expect(finished.stderr.replaceAll(cwd, 'ROOT')).toBe(`✖ ${sentence}\n${hint ? `  ${hint}\n` : ''}`);
      expect(finished.stdout).toBe('');
      expect(finished.code).toBe(code);
      expect(snapshot(cwd)).toEqual(before);
    },
  );
});
