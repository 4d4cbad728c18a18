import { parseArgs } from 'node:util';
import { WrongUsage } from '../interrupt.ts';

export interface Asked {
  readonly command: string;
  readonly words: readonly string[];
  readonly all: boolean;
  readonly help: boolean;
  readonly group?: string | undefined;
  readonly service?: string | undefined;
}

export class WrongArguments extends WrongUsage {}

/** @throws WrongArguments what is wrong with them */
export function parse(argv: readonly string[]): Asked {
  try {
    const { values, positionals } = parseArgs({
      args: argv[0] === '--' ? argv.slice(1) : [...argv], // npm hands a second "--" on.
      options: {
        all: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        group: { type: 'string' },
        service: { type: 'string' },
      },
      allowPositionals: true,
    });
    const [command = 'list', ...words] = positionals;
    return { ...values, command, words };
  } catch (error) {
    throw new WrongArguments((error as Error).message);
  }
}
