import type { Change, Changes } from '../../src/merge/changes.ts';
import { hashOf } from '../../src/tree/hash.ts';
import type { Files } from '../lifecycle/folder.ts';
import { changesOf } from './changes.ts';

/** A state of the disk, changes to it, and where they are applied. */
export interface Scenario {
  readonly name: string;
  /** Below the folder that is compared. */
  readonly target: string;
  readonly files: Files;
  readonly changes: Changes;
}

const created = (path: string, content: string, mode: 0o644 | 0o755 = 0o644): Change => ({
  kind: 'create',
  path,
  content,
  mode,
});

const updated = (path: string, from: string, to: string): Change => ({
  kind: 'update',
  path,
  content: to,
  mode: 0o644,
  was: hashOf(from),
});

const deleted = (path: string, from: string): Change => ({ kind: 'delete', path, was: hashOf(from) });

const system = [
  created('.create-msvc/lock.json', '{}\n'),
  created('README.md', '# Shop\n'),
  created('bin/run', '#!/bin/sh\n', 0o755),
  created('services/order/src/main.ts', 'run();\n'),
  created('services/user/empty', ''),
];

export const scenarios: readonly Scenario[] = [
  {
    name: 'creates a missing folder',
    target: 'shop',
    files: { other: 'kept' },
    changes: changesOf(...system),
  },
  {
    name: 'creates a missing folder in missing ones',
    target: 'a/b/shop',
    files: {},
    changes: changesOf(...system),
  },
  {
    name: 'creates in an empty folder',
    target: 'shop',
    files: { shop: { folder: true } },
    changes: changesOf(...system),
  },
  {
    name: 'changes a system',
    target: 'shop',
    files: {
      'shop/.create-msvc/lock.json': '{ "old": 1 }\n',
      'shop/README.md': '# Shop\n\nOld.\n',
      'shop/chassis/kafka/producer.ts': 'produce();\n',
      'shop/chassis/kafka/consumer.ts': 'consume();\n',
      'shop/mine/notes.txt': 'Mine.\n',
      'shop/package.json': '{}\n',
    },
    changes: changesOf(
      updated('.create-msvc/lock.json', '{ "old": 1 }\n', '{ "new": 1 }\n'),
      updated('README.md', '# Shop\n\nOld.\n', '# Shop\n\nNew.\n'),
      deleted('chassis/kafka/consumer.ts', 'consume();\n'),
      deleted('chassis/kafka/producer.ts', 'produce();\n'),
      created('chassis/rabbitmq/channel.ts', 'open();\n'),
      created('chassis/rabbitmq/test/channel.test.ts', 'test();\n'),
      updated('package.json', '{}\n', '{ "a": 1 }\n'),
    ),
  },
];
