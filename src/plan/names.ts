/** Names that follow from the user's names: plurals, past participles, and the messages of a saga step. */

import type { StepNames } from '../catalog/catalog.ts';
import type { Step } from '../spec/step.ts';
import { type Words, wordsOf, wordsOfPascal } from './words.ts';

/** The noun behind 'a' or 'an', as it is spoken: an account, a user. */
export function withArticle(noun: string): string {
  return /^(?:[aio]|e(?!u)|u(?!ni|s[aeu]|ti)|hour|honou?r)/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

/** Consonant + y gives -ies; s, x, z, ch and sh give -es; the rest gives -s. */
export function pluralOf(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

/** Participles that the rules below do not give. */
const irregular = new Map(
  (
    'begin:begun bind:bound bring:brought build:built buy:bought catch:caught choose:chosen cut:cut do:done ' +
    'draw:drawn find:found forget:forgotten freeze:frozen get:got give:given hide:hidden hit:hit hold:held ' +
    'keep:kept lay:laid lead:led leave:left lend:lent let:let lose:lost make:made meet:met pay:paid put:put ' +
    'read:read ride:ridden run:run see:seen seek:sought sell:sold send:sent set:set shut:shut speak:spoken ' +
    'spend:spent split:split steal:stolen swap:swapped sync:synced take:taken teach:taught tell:told think:thought ' +
    'undo:undone win:won withdraw:withdrawn write:written ' +
    'admit:admitted allot:allotted commit:committed control:controlled defer:deferred equip:equipped ' +
    'omit:omitted permit:permitted prefer:preferred refer:referred remit:remitted submit:submitted ' +
    'transfer:transferred'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/** The past participle of a verb: `reserve` gives `reserved`, `hold` gives `held`. */
export function participleOf(verb: string): string {
  const known = irregular.get(verb);
  if (known) return known;
  if (verb.endsWith('e')) return `${verb}d`;
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
  // One syllable that ends in a single vowel and a consonant doubles it: ship, shipped.
  return /^[^aeiou]*[aeiou][bdgklmnprt]$/.test(verb) ? `${verb}${verb.at(-1)}ed` : `${verb}ed`;
}

/** The message names of a step; null where the step has no such message. */
export interface MessageNames {
  readonly command: Words;
  /** Answers that the action is done. */
  readonly done: Words;
  /** Answers that the action is refused. Steps after the pivot cannot refuse. */
  readonly refused: Words | null;
  readonly compensation: Words | null;
  /** Answers that the compensation is done. */
  readonly undone: Words | null;
}

/**
 * `hotel.reserve/cancel` gives ReserveHotel, HotelReserved, ReserveHotelRefused, CancelHotel and HotelCanceled.
 * Of an action of several words the first is the verb: `hotel.check-in` gives CheckInHotel and HotelCheckedIn.
 */
export function messageNames(step: Step, options: { readonly canRefuse: boolean }): MessageNames {
  const noun = wordsOf(step.service).Pascal;
  const command = (action: string) => `${wordsOf(action).Pascal}${noun}`;
  const event = (action: string) => {
    const [verb = '', ...rest] = action.split('-');
    return `${noun}${wordsOf([participleOf(verb), ...rest].join('-')).Pascal}`;
  };
  return namesOf({
    command: command(step.action),
    done: event(step.action),
    ...(options.canRefuse && { refused: `${command(step.action)}Refused` }),
    ...(step.compensation && { compensation: command(step.compensation), undone: event(step.compensation) }),
  });
}

/** Gives the names a sample chose all their forms. */
export function namesOf(names: StepNames): MessageNames {
  const optional = (name: string | undefined) => (name ? wordsOfPascal(name) : null);
  return {
    command: wordsOfPascal(names.command),
    done: wordsOfPascal(names.done),
    refused: optional(names.refused),
    compensation: optional(names.compensation),
    undone: optional(names.undone),
  };
}
