// Loaded into a test of a generated system, and into the programs that it starts: notes what they read of the system
// that is no module, a line each, in the file OBSERVE_NOTES. A line is how it was looked at and the path.
import child_process from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const { OBSERVE_ROOT: root = '', OBSERVE_FOLDER: folder = '' } = process.env;
const program = process.argv[1] ?? '';
if (program.endsWith('.test.ts')) {
  process.env.OBSERVE_NOTES ??= join(folder, relative(root, program).replaceAll(sep, '+'));
}
if (process.env.OBSERVE_NOTES) observe(process.env.OBSERVE_NOTES);

function observe(notes) {
  const seen = new Set();
  const append = fs.appendFileSync;
  const note = (how, target) => {
    const text = target instanceof URL ? fileURLToPath(target) : String(target);
    const path = relative(root, resolve(text)).replaceAll(sep, '/');
    const line = `${how} ${path}\n`;
    const isOutside = path.startsWith('..') || isAbsolute(path) || path.split('/').includes('node_modules');
    if (isOutside || seen.has(line)) return;
    seen.add(line);
    append(notes, line);
  };
  const reads = ['readFile', 'open', 'createReadStream', 'copyFile'];
  const looks = ['access', 'stat', 'lstat', 'exists'];
  const lists = ['readdir', 'opendir', 'cp', 'glob'];
  for (const [how, names] of Object.entries({ file: reads, state: looks, list: lists })) {
    for (const name of names) {
      for (const [owner, key] of [
        [fs, name],
        [fs, `${name}Sync`],
        [fs.promises, name],
      ])
        wrap(owner, key, (target) => note(how, target));
    }
  }
  // Programs with an environment of their own are observed, too.
  for (const key of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork', 'exec', 'execSync']) {
    wrap(child_process, key, (...args) => {
      const options = args.find((arg) => arg?.env);
      if (!options) return;
      const { NODE_OPTIONS, OBSERVE_ROOT, OBSERVE_NOTES } = process.env;
      options.env = { NODE_OPTIONS, OBSERVE_ROOT, OBSERVE_NOTES, ...options.env };
    });
  }
  syncBuiltinESMExports();
}

function wrap(owner, key, before) {
  const original = owner[key];
  if (typeof original !== 'function') return;
  owner[key] = function (...args) {
    before(...args);
    return original.apply(this, args);
  };
  // `util.promisify` of execFile and others.
  for (const symbol of Object.getOwnPropertySymbols(original)) owner[key][symbol] = original[symbol];
}
