import { describe, expect, it } from 'vitest';
import { foldKeyed } from '../../src/formats/keyed.ts';

/** Lines without the indentation of the first one. */
function text(strings: TemplateStringsArray): string {
  const lines = (strings[0] ?? '').split('\n').slice(1);
  const indent = /^ */.exec(lines[0] ?? '')?.[0] ?? '';
  return lines
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
    .join('\n');
}

describe('foldKeyed', () => {
  it('adds to the maps of a manifest and keeps dependencies in order', () => {
    const base = text`
      {
        "name": "shop",
        "scripts": {
          "dev": "a"
        },
        "workspaces": ["contracts"],
        "dependencies": {
          "express": "5.1.0",
          "zod": "4.0.0"
        }
      }
    `;
    const fragment =
      '{"scripts":{"saga":"b"},"workspaces":["contracts","services/*"],"dependencies":{"amqplib":"2.3.1","pg":"8.0.0"}}';
    expect(foldKeyed('package.json', [base, fragment])).toBe(text`
      {
        "name": "shop",
        "scripts": {
          "dev": "a",
          "saga": "b"
        },
        "workspaces": ["contracts", "services/*"],
        "dependencies": {
          "amqplib": "2.3.1",
          "express": "5.1.0",
          "pg": "8.0.0",
          "zod": "4.0.0"
        }
      }
    `);
  });

  it('adds services, and members of lists that are sets, with their comments', () => {
    const base = text`
      # The system.

      services:
        order:
          image: order # ours
          depends_on:
            - postgres
          ports: ["127.0.0.1:3001:3000"]

        postgres:
          image: postgres:18

      volumes:
        postgres:
    `;
    const fragment = text`
      services:
        order:
          depends_on: [rabbitmq]
          environment:
            BROKER_URL: amqp://rabbitmq
        # The broker.
        rabbitmq:
          image: rabbitmq:4
      volumes:
        rabbitmq:
    `;
    expect(foldKeyed('compose.yaml', [base, fragment])).toBe(text`
      # The system.

      services:
        order:
          image: order # ours
          depends_on:
            - postgres
            - rabbitmq
          environment:
            BROKER_URL: amqp://rabbitmq
          ports: ["127.0.0.1:3001:3000"]

        # The broker.
        rabbitmq:
          image: rabbitmq:4

        postgres:
          image: postgres:18

      volumes:
        postgres:
        rabbitmq:
    `);
  });

  it('unites ignore files and environment files', () => {
    expect(
      foldKeyed('.gitignore', ['node_modules/\n\n# Secrets\n.env\n', 'node_modules/\n# Data\n.data/\n']),
    ).toBe('node_modules/\n\n# Data\n.data/\n\n# Secrets\n.env\n');
    expect(
      foldKeyed('.env.example', [
        '# Ports\nPORT=3000\n',
        'PORT=3000\n# Broker\nBROKER_URL=amqp://localhost\n',
      ]),
    ).toBe('# Ports\nPORT=3000\n# Broker\nBROKER_URL=amqp://localhost\n');
  });

  it('fills a map that is empty', () => {
    expect(
      foldKeyed('package.json', [
        '{\n  "dependencies": {}\n}\n',
        '{\n  "dependencies": {\n    "pg": "8.0.0"\n  }\n}\n',
      ]),
    ).toBe('{\n  "dependencies": {\n    "pg": "8.0.0"\n  }\n}\n');
    expect(foldKeyed('compose.yaml', ['volumes: {}\n', 'volumes:\n  data:\n'])).toBe('volumes:\n  data:\n');
    expect(foldKeyed('compose.yaml', ['volumes:\nnetworks:\n', 'volumes:\n  data:\n'])).toBe(
      'volumes:\n  data:\nnetworks:\n',
    );
    expect(foldKeyed('compose.yaml', ['volumes:\n  data:\n', 'volumes:\n'])).toBe('volumes:\n  data:\n');
    expect(foldKeyed('.env', ['# Local secrets', 'A=1\n'])).toBe('# Local secrets\nA=1\n');
  });

  it('names the key in which two fragments differ', () => {
    const fragments = ['services:\n  user:\n    image: a\n', 'services:\n  user:\n    image: b\n'];
    expect(() => foldKeyed('compose.yaml', fragments)).toThrow(
      'compose.yaml: services.user.image is a in one source and b in another',
    );
    expect(() =>
      foldKeyed('package.json', ['{"dependencies":{"pg":"8.0.0"}}', '{"dependencies":{"pg":"8.1.0"}}']),
    ).toThrow('package.json: dependencies.pg is "8.0.0" in one source and "8.1.0" in another');
  });

  it('does not fold a file whose format it does not know', () => {
    expect(() => foldKeyed('src/main.ts', ['', ''])).toThrow('"src/main.ts" cannot be merged by key');
  });
});
