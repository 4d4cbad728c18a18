// The documents of the contracts as texts, and how they compare with the files.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonical } from '@app/chassis/contract';
import { descriptions } from './descriptions.ts';
import { type Documents, readContracts } from './read.ts';

/** Path in contracts/ -> text. */
export type Texts = Readonly<Record<string, string>>;

/** Every document of the contracts in `folder`. */
export async function printDocuments(folder: string): Promise<Texts> {
  const contracts = await readContracts(folder);
  const documents: Documents = Object.assign({}, ...descriptions.map((describe) => describe(contracts)));
  const texts = Object.entries(documents).map(([path, document]) => [
    path,
    typeof document === 'string' ? document : text(document),
  ]);
  return Object.fromEntries(texts);
}

/** JSON with sorted keys: the order in which a contract is written makes no difference. */
export function text(document: object): string {
  return `${JSON.stringify(canonical(document), undefined, 2)}\n`;
}

/** The paths of the documents that are missing in `folder`, or have another text. */
export async function outdated(folder: string, texts: Texts): Promise<string[]> {
  const differs = async ([path, text]: [string, string]) =>
    (await readFile(join(folder, path), 'utf8').catch(missing)) === text ? [] : [path];
  return (await Promise.all(Object.entries(texts).map(differs))).flat();
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

export async function writeDocuments(folder: string, texts: Texts): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
