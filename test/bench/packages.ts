/** What is downloaded: the package itself, and what a generated repository installs. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './table.ts';
import type { Tarball } from './tarball.ts';

const MB = 1_000_000;
const installScripts = ['preinstall', 'install', 'postinstall'];

/** Size of the tarball, and what its installation brings along and runs. */
export function measurePackage({ path, home }: Tarball): readonly Row[] {
  const folder = join(home, 'node_modules/create-msvc');
  const { dependencies = {}, scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const packed = statSync(path).size;
  const brought = Object.keys(dependencies);
  const run = installScripts.filter((name) => name in scripts);
  const files = filesOf(folder);
  return [
    {
      name: 'packed size',
      measured: megabytes(packed),
      target: { text: '<= 1 MB', isMet: packed <= MB },
      detail: `${files.length} files, ${megabytes(sizeOf(files))} unpacked`,
    },
    {
      name: 'runtime dependencies',
      measured: String(brought.length),
      target: { text: '0', isMet: brought.length === 0 },
      detail: brought.join(', '),
    },
    {
      name: 'install scripts',
      measured: String(run.length),
      target: { text: '0', isMet: run.length === 0 },
      detail: run.join(', '),
    },
  ];
}

interface Installed {
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** Number and size of the packages that a generated and installed repository has; its own are links and don't count. */
export function measureInstalled(repository: string): Row {
  const file = join(repository, 'node_modules/.package-lock.json');
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
    packages: Readonly<Record<string, Installed>>;
  };
  const all = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
  const sizes = all.map(([path, { dev = false, optional = false }]) => ({
    path,
    isProduction: !dev && !optional,
    bytes: sizeOf(filesOf(join(repository, path))),
  }));
  const production = sizes.filter(({ isProduction }) => isProduction);
  const largest = sizes.toSorted((one, other) => other.bytes - one.bytes).slice(0, 4);
  return {
    name: 'packages of a generated repository',
    measured: String(all.length),
    detail: [
      megabytes(total(sizes)),
      `in production ${production.length} with ${megabytes(total(production))}`,
      `largest ${largest.map(({ path, bytes }) => `${nameOf(path)} ${megabytes(bytes)}`).join(', ')}`,
    ].join('; '),
  };
}

/** Files of one package; packages nested in it are counted as themselves. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(path);
    return entry.isFile() ? [path] : [];
  });
}

const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');
const sizeOf = (files: readonly string[]) => files.reduce((sum, file) => sum + statSync(file).size, 0);
const total = (sizes: readonly { bytes: number }[]) => sizes.reduce((sum, { bytes }) => sum + bytes, 0);
const megabytes = (bytes: number) => `${(bytes / MB).toFixed(2)} MB`;
