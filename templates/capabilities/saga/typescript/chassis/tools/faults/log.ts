// What all services say during a run, for whoever has to find out why something went wrong.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../root.ts';

export const LOG = join(root, '.data', 'faults.log');

export async function openLog() {
  await mkdir(dirname(LOG), { recursive: true });
  const file = createWriteStream(LOG);
  return {
    write: (label: string, line: string) => {
      file.write(`${label} ${line}\n`);
    },
    close: () => new Promise<void>((resolve) => file.end(resolve)),
  };
}
