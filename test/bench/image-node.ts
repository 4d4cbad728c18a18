/** The Node.js of a generated system's images, which need not be the one that runs this. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from '../e2e/commands.ts';

const known = new Map<string, Promise<string>>();

/** @returns path of the executable: npm has every Node.js as a package */
export function imageNode(repository: string): Promise<string> {
  const node = known.get(repository) ?? find(repository);
  known.set(repository, node);
  return node;
}

async function find(repository: string): Promise<string> {
  const dockerfile = await readFile(join(repository, 'services/user/Dockerfile'), 'utf8');
  const major = /^FROM node:(\d+)/m.exec(dockerfile)?.[1];
  if (!major) throw new Error('The Dockerfile of the user service names no version of Node.js.');
  const print = ['--yes', '--package', `node@${major}`, '--', 'node', '--print', 'process.execPath'];
  return (await succeed('npx', print, { cwd: repository })).trim();
}
