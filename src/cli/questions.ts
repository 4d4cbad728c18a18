/**
 * The questions, derived from the catalog: the name, the services, every group that has more than one value left,
 * and what a chosen value leaves open. Which one comes next follows from the answers so far, so that going back is
 * taking the answers of before.
 */

import type { CatalogIndex } from '../catalog/catalog.ts';
import {
  type Choice,
  choicesOf,
  chosenValue,
  type Group,
  groups,
  offeredGroups,
  patternsOf,
  valueFor,
} from '../spec/groups.ts';
import type { SpecInput } from '../spec/input.ts';
import { settleSpec } from '../spec/settle.ts';
import { none, type Spec } from '../spec/spec.ts';
import { choose } from './choice-flags.ts';
import { type OpenField, openField, problemAt } from './open-field.ts';
import { back, type Prompter } from './prompter.ts';
import { servicesOf } from './service-flags.ts';

/** What is known so far. */
export interface Answers {
  /** `[dir]`; undefined until it is typed or asked. */
  readonly directory: string | undefined;
  readonly input: SpecInput;
}

export interface Asking {
  readonly catalog: CatalogIndex;
  readonly prompter: Prompter;
  /** The answers that a folder gives: its name. @throws UserError where no system can be made there */
  readonly take: (directory: string, answers: Answers) => Answers;
  /** @throws SpecError where the names of a system cannot stand beside each other */
  readonly check: (spec: Spec) => void;
}

type Question = (answers: Answers) => Promise<Answers | typeof back>;

/** Asks for all that is not answered yet. Esc goes back to the question before. */
export async function askAll(start: Answers, { prompter, ...others }: Asking): Promise<Answers> {
  const asking = { ...others, prompter: remembering(prompter) };
  const earlier: Answers[] = [];
  let answers = start;
  for (;;) {
    const question = nextQuestion(answers, asking);
    if (!question) return answers;
    const next = await question(answers);
    if (next === back) {
      answers = earlier.pop() ?? answers;
    } else {
      earlier.push(answers);
      answers = next;
    }
  }
}

/** A question that comes again after Esc, with the same default as before, has what was answered as its default. */
function remembering(prompter: Prompter): Prompter {
  const given = new Map<string, string>();
  const ask = async <T extends { readonly message: string; readonly standard: string }>(
    question: T,
    answerTo: (question: T) => Promise<string | typeof back>,
  ) => {
    const key = JSON.stringify([question.message, question.standard]);
    const answer = await answerTo({ ...question, standard: given.get(key) ?? question.standard });
    if (answer !== back) given.set(key, answer);
    return answer;
  };
  return {
    text: (question) => ask(question, prompter.text),
    select: (question) => ask(question, prompter.select),
  };
}

function nextQuestion(answers: Answers, asking: Asking): Question | null {
  const { catalog } = asking;
  if (answers.directory === undefined) return askDirectory(asking);
  if (!answers.input.services && !needsNoServices(answers.input)) return askServices(asking);
  const open = openField(answers.input, catalog);
  if (open) return askField(open, asking);
  const group = offeredGroups(catalog).find(
    ({ specKey }) => answers.input[specKey] === undefined && hasChoice(specKey, answers, catalog),
  );
  return group ? askGroup(group, asking) : null;
}

/** Steps name their services. */
function needsNoServices({ saga }: SpecInput): boolean {
  return typeof saga === 'object' && saga.steps !== undefined;
}

function askDirectory({ catalog, prompter, take }: Asking): Question {
  return async (answers) => {
    const standard = settleSpec({}, catalog).name;
    const problem = (directory: string) =>
      messageOf(() => take(directory, answers)) ??
      problemAt(['name'], take(directory, answers).input, catalog);
    const directory = await prompter.text({ message: 'What is the system called?', standard, problem });
    return directory === back ? back : take(directory, answers);
  };
}

function askServices({ catalog, prompter, check }: Asking): Question {
  return async (answers) => {
    const standard = Object.keys(settleSpec({}, catalog).services).join(', ');
    const answered = (text: string): Answers => ({
      ...answers,
      input: { ...answers.input, services: servicesOf({ services: listOf(text) }) },
    });
    // Names that clash are told here, not after all that is asked below.
    const checkNames = ({ input }: Answers) => check(settleSpec({ ...input, saga: none }, catalog));
    const problem = (text: string) =>
      messageOf(() => answered(text)) ??
      problemAt(['services'], answered(text).input, catalog) ??
      messageOf(() => checkNames(answered(text)));
    const text = await prompter.text({ message: 'Which services does it have?', standard, problem });
    return text === back ? back : answered(text);
  };
}

function askGroup(group: Group, { catalog, prompter }: Asking): Question {
  return async (answers) => {
    const options = choosable(group, answers.input, catalog).map(({ value, title, when, cost }) => ({
      value,
      title,
      description: [`When: ${when}.`, `Cost: ${cost}.`],
    }));
    const standard = chosenValue(group, settleSpec(answers.input, catalog));
    const value = await prompter.select({ message: group.question, standard, options });
    return value === back
      ? back
      : { ...answers, input: { ...answers.input, [group.specKey]: choose(group, value) } };
  };
}

function askField({ group, field }: OpenField, { catalog, prompter }: Asking): Question {
  return async (answers) => {
    const answered = (text: string): Answers => {
      const section = {
        ...(answers.input[group.specKey] as object),
        [field.key]: field.isList ? listOf(text) : text,
      };
      return { ...answers, input: { ...answers.input, [group.specKey]: section } };
    };
    const problem = (text: string) => problemAt([group.specKey, field.key], answered(text).input, catalog);
    const text = await prompter.text({
      message: field.question,
      standard: field.suggest?.(answers.input) ?? '',
      problem,
    });
    return text === back ? back : answered(text);
  };
}

function listOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '');
}

function hasChoice(specKey: Group['specKey'], { input }: Answers, catalog: CatalogIndex): boolean {
  const group = groups.find((candidate) => candidate.specKey === specKey) as Group;
  return choosable(group, input, catalog).length > 1;
}

/** The choices of a group that fit what is chosen: what one requires is provided, or nothing here could provide it. */
function choosable(group: Group, input: SpecInput, catalog: CatalogIndex): readonly Choice[] {
  const refused = groups
    .filter(({ specKey }) => isNone(input[specKey]))
    .flatMap((other) => patternsOf(other, catalog));
  const left = catalog.patterns.filter((pattern) => !refused.includes(pattern));
  const isMissing = (capability: string) =>
    refused.some(({ provides }) => provides.includes(capability)) &&
    !left.some(({ provides }) => provides.includes(capability));
  const unfit = patternsOf(group, catalog).filter(({ requires }) => requires.some(isMissing));
  const values = new Set(unfit.map(({ id }) => valueFor(group, id)));
  return choicesOf(group, catalog).filter(({ value }) => !values.has(value));
}

function isNone(value: unknown): boolean {
  return value === none || value === false;
}

function messageOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
