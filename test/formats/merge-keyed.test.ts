import { describe, expect, it } from 'vitest';
import { mergeKeyed } from '../../src/formats/keyed.ts';

const compose = `# The system of the shop.

services:
  # Places orders.
  order:
    image: order
    ports:
      - "127.0.0.1:3001:3000"
    environment:
      LOG_LEVEL: info

  # The broker.
  rabbitmq:
    image: rabbitmq:4 # pinned
    command: |
      one
      two

volumes:
  rabbitmq:
`;

/** The text, or the conflicts, of a merge of edits that are given as replacements. */
function merged(
  path: string,
  base: string,
  { mine, next }: Record<'mine' | 'next', readonly (readonly [string, string])[]>,
): string {
  const edit = (edits: readonly (readonly [string, string])[]) =>
    edits.reduce((text, [from, to]) => {
      expect(text).toContain(from);
      return text.replace(from, () => to);
    }, base);
  const result = mergeKeyed(path, { base, mine: edit(mine), next: edit(next) });
  return 'text' in result ? result.text : result.conflicts.join('\n');
}

const broker = compose.slice(compose.indexOf('\n  # The broker.'), compose.indexOf('\nvolumes:'));

describe('mergeKeyed of a compose file', () => {
  it("removes a service with our comments, beside the user's edits", () => {
    const text = merged('compose.yaml', compose, {
      mine: [
        ['image: order', 'image: order:mine # mine'],
        ['      LOG_LEVEL: info', '      LOG_LEVEL: info\n      EXTRA: 1'],
      ],
      next: [
        [broker, ''],
        ['\nvolumes:\n  rabbitmq:\n', ''],
      ],
    });
    expect(text).toBe(`# The system of the shop.

services:
  # Places orders.
  order:
    image: order:mine # mine
    ports:
      - "127.0.0.1:3001:3000"
    environment:
      LOG_LEVEL: info
      EXTRA: 1
`);
  });

  it("keeps the user's comments on what it removes", () => {
    const text = merged('compose.yaml', compose, {
      mine: [
        ['  # The broker.\n', '  # The broker.\n  # See our wiki.\n'],
        ['rabbitmq:4 # pinned', 'rabbitmq:4 # pinned, ask Ann'],
        ['  rabbitmq:\n', '  rabbitmq: # before the volume\n'],
      ],
      next: [[broker, '']],
    });
    expect(text).toContain(
      '      LOG_LEVEL: info\n  # See our wiki.\n  # before the volume\n  # pinned, ask Ann\n',
    );
    expect(text).not.toContain('The broker');
    expect(text).not.toContain('command');
  });

  it('does not remove a service that the user edited', () => {
    const mine = [['rabbitmq:4', 'rabbitmq:4.1']] as const;
    expect(merged('compose.yaml', compose, { mine, next: [[broker, '']] })).toBe(
      'services.rabbitmq is image: rabbitmq:4.1 # pinned command: | one two here, and would be removed',
    );
  });

  it('keeps what the user added to a list or map of which we remove the rest', () => {
    const text = merged('compose.yaml', compose, {
      mine: [['3001:3000"\n', '3001:3000"\n      - "9229:9229" # debugger\n']],
      next: [
        ['    ports:\n      - "127.0.0.1:3001:3000"\n', ''],
        ['    environment:\n      LOG_LEVEL: info\n', ''],
      ],
    });
    expect(text).toContain('    image: order\n    ports:\n      - "9229:9229" # debugger\n\n  # The broker.');
  });

  it('leaves deleted what the user deleted, with all that we change in it', () => {
    const text = merged('compose.yaml', compose, {
      mine: [
        [broker, ''],
        ['      LOG_LEVEL: info', '      OTHER: 1'],
      ],
      next: [
        ['rabbitmq:4', 'rabbitmq:5'],
        ['LOG_LEVEL: info', 'LOG_LEVEL: debug\n      PORT: 3000'],
      ],
    });
    expect(text).not.toContain('image: rabbitmq');
    expect(text).toContain('    environment:\n      OTHER: 1\n      PORT: 3000\n');
  });

  it('follows our comments where the user did not touch them', () => {
    const text = merged('compose.yaml', compose, {
      mine: [['# Places orders.', '# Places our orders.']],
      next: [
        ['# Places orders.', '# Takes orders.'],
        ['# pinned', '# on purpose'],
        ['# The system', '# The whole system'],
      ],
    });
    expect(text).toBe(
      compose
        .replace('# Places orders.', '# Places our orders.')
        .replace('# pinned', '# on purpose')
        .replace('# The system', '# The whole system'),
    );
  });

  it('takes over a text of several lines, and sets a comment beside it above', () => {
    const text = merged('compose.yaml', compose, {
      mine: [['image: order', 'image: order # mine']],
      next: [['image: order', 'image: |\n      order\n      more']],
    });
    expect(text).toContain('  order:\n    # mine\n    image: |\n      order\n      more\n    ports:');
  });

  it('empties a list in place when both sides remove its members', () => {
    const base = 'services:\n  a:\n    ports:\n      - 1\n      - 2\n';
    const sides = {
      mine: [['ports:\n      - 1\n', 'ports: # open\n']],
      next: [['      - 2\n', '']],
    } as const;
    expect(merged('compose.yaml', base, sides)).toBe('services:\n  a:\n    # open\n    ports: []\n');
    expect(merged('a.yaml', 'a: { b: 1, c: 2 }\n', { mine: [['b: 1, ', '']], next: [[', c: 2', '']] })).toBe(
      'a: {}\n',
    );
  });

  it('writes in flow style what the user put on one line', () => {
    const text = merged('compose.yaml', compose, {
      mine: [['    environment:\n      LOG_LEVEL: info', '    environment: { LOG_LEVEL: info }']],
      next: [['LOG_LEVEL: info', 'LOG_LEVEL: "a, b"\n      LIST:\n        - x: 1']],
    });
    expect(text).toContain('    environment: { LOG_LEVEL: "a, b", LIST: [{"x":1}] }\n');
  });

  it("moves what it adds to the user's indentation", () => {
    const base = 'services:\n  a:\n    image: a\n';
    const mine = 'services:\n    a:\n        image: a\n';
    const next = `${base}  # New.\n  b:\n    image: b\n    command: |\n      x\n\n      y\n`;
    expect(mergeKeyed('compose.yaml', { base, mine, next })).toEqual({
      text: `${mine}    # New.\n    b:\n      image: b\n      command: |\n        x\n\n        y\n`,
      notes: [],
    });
  });

  it('follows the order of what the user did not touch', () => {
    const base = 'a:\n  x: 1\n  y: 2\nb: 1\n';
    const sides = { mine: [['b: 1', 'b: 2']], next: [['  x: 1\n  y: 2', '  y: 2\n  x: 1']] } as const;
    expect(merged('a.yaml', base, sides)).toBe('a:\n  y: 2\n  x: 1\nb: 2\n');
  });

  it('writes a changed value on one line where the user has it on one', () => {
    const base = 'a:\n  list:\n    - 1\n';
    const next = 'a:\n  list:\n    - 1\n    - two\n';
    const result = mergeKeyed('a.yaml', { base, mine: 'a: { list: [1], mine: 1 }\n', next });
    expect(result).toEqual({ text: 'a: { list: [1,"two"], mine: 1 }\n', notes: [] });
  });

  it('leaves the header of the file where its first key goes', () => {
    const base = '# Header.\n\n# About a.\na: 1\nb: 1\n';
    const sides = { mine: [['# Header.', '# My header.']], next: [['# About a.\na: 1\n', '']] } as const;
    expect(merged('a.yaml', base, sides)).toBe('# My header.\n\nb: 1\n');
  });

  it('leaves a comment with the map that it is indented like', () => {
    const base = 'a:\n  x: 1\nb: 1\nc: 1\n';
    const sides = { mine: [['b: 1', '  # - y\n# Mine.\nb: 1']], next: [['b: 1\n', '']] } as const;
    expect(merged('a.yaml', base, sides)).toBe('a:\n  x: 1\n  # - y\n# Mine.\nc: 1\n');
  });

  it('is a conflict where the edits are not valid together', () => {
    const base = 'a: &x 1\nb: 1\n';
    const sides = { mine: [['a: &x 1\n', '']], next: [['b: 1', 'b: 1\nc: *x']] } as const;
    expect(merged('a.yaml', base, sides)).toMatch(/not YAML/);
  });

  it('names the line of a file that cannot be read', () => {
    const result = mergeKeyed('compose.yaml', { base: 'a: 1\n', mine: 'a: 1\nb: [1\n', next: 'a: 2\n' });
    expect(result).toEqual({ conflicts: [expect.stringMatching(/^line 3, column 1: not YAML: /)] });
    const json = mergeKeyed('package.json', { base: '{}', mine: '{\n  "a": 1,,\n}', next: '{ "b": 1 }' });
    expect(json).toEqual({ conflicts: [expect.stringMatching(/^line 2, column 10: not JSON: /)] });
    const env = mergeKeyed('.env', { base: 'A=1\n', mine: 'A=1\noops\n', next: 'A=2\n' });
    expect(env).toEqual({ conflicts: ['line 2, column 1: not an environment file: "oops" has no "="'] });
  });
});

describe('mergeKeyed of a manifest', () => {
  const manifest = '{\n  "name": "shop",\n  "dependencies": {\n    "a": "1.0.0",\n    "c": "1.0.0"\n  }\n}\n';

  it('keeps the higher of two ranges that both changed, and says so', () => {
    const next = manifest.replace('"c": "1.0.0"', '"c": "1.2.0"');
    const mine = manifest.replace('"c": "1.0.0"', '"c": "^1.10.0"');
    expect(mergeKeyed('package.json', { base: manifest, mine, next })).toEqual({
      text: mine,
      notes: ['package.json: dependencies.c is "^1.10.0", the higher one of it and "1.2.0"'],
    });
    expect(mergeKeyed('package.json', { base: manifest, mine: next, next: mine })).toEqual({
      text: mine,
      notes: ['package.json: dependencies.c is "^1.10.0", the higher one of it and "1.2.0"'],
    });
  });

  it('is a conflict where the ranges cannot be compared', () => {
    const sides = {
      mine: [['"c": "1.0.0"', '"c": "latest"']],
      next: [['"c": "1.0.0"', '"c": "2.0.0"']],
    } as const;
    expect(merged('package.json', manifest, sides)).toBe(
      'dependencies.c is "latest" here, and would become "2.0.0"',
    );
  });

  it('takes a map with an unusual layout as one value', () => {
    const base = '{\n  "a": {\n    "x": 1\n    , "y": 2\n  },\n  "b": 1\n}\n';
    const untouched = { mine: [['"b": 1', '"b": 2']], next: [['"x": 1', '"x": 2']] } as const;
    expect(merged('a.json', base, untouched)).toBe(
      base.replace('"b": 1', '"b": 2').replace('"x": 1', '"x": 2'),
    );
    const touched = { mine: [['"y": 2', '"y": 3']], next: [['"x": 1', '"x": 2']] } as const;
    expect(merged('a.json', base, touched)).toMatch(/^a is .* here, and would become /);
  });

  it("puts a dependency in its place among the user's", () => {
    const text = merged('package.json', manifest, {
      mine: [['"c": "1.0.0"', '"c": "1.0.0",\n    "x": "1.0.0"']],
      next: [['"a": "1.0.0"', '"a": "1.0.0",\n    "b": "1.0.0"']],
    });
    expect(Object.keys(JSON.parse(text).dependencies)).toEqual(['a', 'b', 'c', 'x']);
  });

  it('keeps comments and trailing commas of a tsconfig', () => {
    const base =
      '// Types.\n{\n  "compilerOptions": {\n    "strict": true, // always\n    "lib": ["es2023"],\n  },\n}\n';
    const text = merged('tsconfig.json', base, {
      mine: [['"lib": ["es2023"],', '"lib": ["es2023"],\n    /* mine */ "noEmit": true,']],
      next: [['"strict": true, // always', '"strict": true, // always\n    "module": "nodenext",']],
    });
    expect(text).toBe(
      '// Types.\n{\n  "compilerOptions": {\n    "strict": true, // always\n    "module": "nodenext",\n    "lib": ["es2023"],\n    /* mine */ "noEmit": true,\n  },\n}\n',
    );
  });
});

describe('mergeKeyed of lines', () => {
  it('unites an ignore file without the lines we drop', () => {
    const base = '# Ours\nnode_modules/\ndist/\n';
    const sides = { mine: [['dist/\n', 'dist/\n!dist/keep\n']], next: [['dist/\n', 'data/\n']] } as const;
    expect(merged('.gitignore', base, sides)).toBe('# Ours\nnode_modules/\ndata/\n!dist/keep\n');
  });

  it('keeps values of an environment file that the user set, also on several lines', () => {
    const base = '# Port\nPORT=3000\nKEY=x\n';
    const text = merged('.env.example', base, {
      mine: [['KEY=x', 'KEY="a\nb"']],
      next: [['PORT=3000', 'PORT=4000\nNEW=1']],
    });
    expect(text).toBe('# Port\nPORT=4000\nNEW=1\nKEY="a\nb"\n');
    const clash = { mine: [['KEY=x', 'KEY=y']], next: [['KEY=x', 'KEY=z']] } as const;
    expect(merged('.env.example', base, clash)).toBe('KEY is y here, and would become z');
  });
});
