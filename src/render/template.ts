/** Handlebars' runtime, in an instance of its own. */

import Handlebars from 'handlebars/runtime.js';
import type { Catalog, Text } from '../catalog/catalog.ts';
import { helpers } from './helpers.ts';

const instance = Handlebars.create();
for (const builtIn of Object.keys(instance.helpers)) {
  if (!['if', 'unless', 'each', 'with', 'lookup'].includes(builtIn)) instance.unregisterHelper(builtIn);
}
instance.registerHelper(helpers);

const instantiated = new WeakMap<object, (context: object) => string>();

/**
 * The text that a source brings, rendered where it is a template.
 * @throws Error naming the template, when it uses a name that the context lacks
 */
export function renderText(
  text: Text,
  { catalog, context }: { readonly catalog: Catalog; readonly context: object },
): string {
  if (typeof text === 'string') return text;
  const template = catalog.templates[text.template];
  if (!template) throw new Error(`No template "${text.template}"`);
  let render = instantiated.get(template);
  if (!render) {
    render = instance.template(template) as (context: object) => string;
    instantiated.set(template, render);
  }
  try {
    return render(context);
  } catch (error) {
    throw new Error(`Template "${text.template}": ${(error as Error).message}`, { cause: error });
  }
}
