/** Compiles templates. Runs at build time and in tests only: what is shipped needs Handlebars' runtime alone. */

import Handlebars from 'handlebars';
import { CatalogError } from './error.ts';
import { helperNames } from './helper-names.ts';

const builtIn = ['if', 'unless', 'each', 'with', 'lookup'];
const knownHelpers = Object.fromEntries([...builtIn, ...helperNames].map((name) => [name, true]));

/**
 * The template as a JavaScript expression.
 * @throws CatalogError naming the template
 */
export function precompile(name: string, text: string): string {
  const options = { strict: true, noEscape: true, knownHelpersOnly: true, knownHelpers };
  try {
    return String(Handlebars.create().precompile(text, options));
  } catch (error) {
    throw new CatalogError(name, null, `is no template: ${(error as Error).message}`);
  }
}
