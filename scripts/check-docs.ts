/** What the documents name is there: paths, links, scripts, and the commands and flags of the CLI. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Documents of this repository; those in `templates/` are of the generated ones. */
function documents(root: string): readonly string[] {
  const own = readdirSync(root).filter((file) => file.endsWith('.md'));
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return [...own, ...below.filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`)];
}

const folders = ['src', 'test', 'templates', 'scripts', 'bin', 'docs', '.ci'];

/** Everything that a document names and that is not there, as a sentence. */
export function brokenDocs(root: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return documents(root).flatMap((document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const paths = namedPaths(text).filter((path) => !existsSync(join(root, path)));
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '');
    const dead = links.filter((link) => !existsSync(join(root, dirname(document), link)));
    const missing = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1] ?? '');
    return [
      ...paths.map((path) => `${document} names ${path}, which is not there`),
      ...dead.map((link) => `${document} links to ${link}, which is not there`),
      ...missing
        .filter((name) => !(name in scripts) && !isGenerated(name, root))
        .map((name) => `${document} names the script ${name}, which is not there`),
    ];
  });
}

/** Paths in backticks; a placeholder such as `<id>` or `*` ends the part that is looked up. */
function namedPaths(text: string): readonly string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return spans
    .filter((span) => folders.some((folder) => span.startsWith(`${folder}/`)))
    .map((span) => span.replace(/\/?[^/]*[<*_]{1,2}.*$/, ''))
    .filter((path) => path !== '' && !path.includes(' '));
}

/** A script of the generated repositories. */
function isGenerated(name: string, root: string): boolean {
  const files = readdirSync(join(root, 'templates'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /package\.json(?:\.hbs)?$/.test(file))
    .some((file) => readFileSync(join(root, 'templates', file), 'utf8').includes(`"${name}":`));
}
