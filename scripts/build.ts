/** Bundles the CLI: `npm run build`. What only some commands need is a chunk of its own, loaded when it is used. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { catalogIds, catalogModules } from './catalog-modules.ts';
import { bundledPackages, printNotices } from './notices.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { code, sources, specSchema } = catalogModules(`${root}templates`);

const catalog: Plugin = {
  name: 'catalog',
  setup(hooks) {
    hooks.onResolve({ filter: catalogIds }, ({ path }) => ({ path, namespace: 'catalog' }));
    hooks.onLoad({ filter: /.*/, namespace: 'catalog' }, ({ path }) => ({
      contents: code[path] ?? '',
      loader: 'js',
    }));
  },
};

rmSync(`${root}dist`, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/start.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  mainFields: ['module', 'main'],
  // Names stay, so that the stacks of --debug can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  chunkNames: '[name]-[hash]',
  // Bundled CommonJS packages ask for built-in modules by `require`.
  banner: {
    js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
  },
  plugins: [catalog],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(`${root}dist/catalog.json`, sources);
writeFileSync(`${root}dist/msvc.schema.json`, specSchema);

const notices = printNotices(bundledPackages(metafile, root));
const noticesFile = `${root}THIRD-PARTY-NOTICES`;
if (process.argv.includes('--check')) {
  if (readFileSync(noticesFile, 'utf8') !== notices) {
    throw new Error('THIRD-PARTY-NOTICES does not name what is bundled: run "npm run build"');
  }
} else {
  writeFileSync(noticesFile, notices);
}
