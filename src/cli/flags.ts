/** Flags as commander has them, and what it leaves out: both forms of a boolean, and contradictions. */

import { type Command, Option } from 'commander';
import { UserError } from '../errors.ts';
import { quoted } from '../spec/identifier.ts';

/** A flag by its option's attribute, and the form or value it was given; one map for a whole command line. */
export type Given = Map<string, string>;

/** The attribute that commander keeps a long flag under. */
export function attributeOf(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export interface BooleanFlag {
  /** Long name without dashes, in its positive form. */
  readonly name: string;
  readonly short?: string;
  /** What holds where neither form is given: help shows the other one. */
  readonly standard: boolean;
  readonly description: string;
}

/** Adds `--name` and `--no-name`. Giving both is an error. */
export function addBoolean(command: Command, flag: BooleanFlag, given: Given): void {
  const short = flag.short ? `-${flag.short}, ` : '';
  const forms = [
    {
      option: new Option(`${short}--${flag.name}`, flag.description),
      form: `--${flag.name}`,
      isShown: !flag.standard,
    },
    {
      option: new Option(`--no-${flag.name}`, flag.description),
      form: `--no-${flag.name}`,
      isShown: flag.standard,
    },
  ];
  for (const { option, form, isShown } of forms) {
    command.addOption(option.hideHelp(!isShown));
    command.on(`option:${option.name()}`, () => {
      const other = given.get(flag.name) ?? form;
      if (other !== form) throw contradiction(other, form);
      given.set(flag.name, form);
    });
  }
}

export interface ValueFlag {
  readonly name: string;
  /** The value's name in help, such as `file|->`. */
  readonly value: string;
  readonly description: string;
  /** May be given several times; otherwise a second, different value is an error. */
  readonly isList?: boolean;
}

/** Adds `--name <value>`. A list gives an array of its comma-separated parts. */
export function addValue(command: Command, flag: ValueFlag, given: Given): void {
  const option = new Option(`--${flag.name} <${flag.value}>`, flag.description);
  option.argParser((text: string, before: unknown): unknown => {
    if (flag.isList) return [...((before as string[] | undefined) ?? []), ...partsOf(text, flag)];
    const other = given.get(flag.name) ?? text;
    if (other !== text) throw contradiction(`--${flag.name} "${other}"`, `--${flag.name} "${text}"`);
    given.set(flag.name, text);
    return text;
  });
  command.addOption(option);
}

function partsOf(text: string, { name }: ValueFlag): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (!parts.includes('')) return parts;
  throw new UserError(2, `--${name} ${quoted(text)} has an empty part`, {
    hint: 'Separate the parts with single commas',
  });
}

/** Two flags that cannot both be meant (code 2). */
export function contradiction(one: string, other: string): UserError {
  return new UserError(2, `${one} and ${other} contradict each other`, { hint: 'Leave one of them out' });
}
