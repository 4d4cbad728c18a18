/** Asks one question at a time. The library behind it is loaded with the first one. */

import type { Readable } from 'node:stream';
import { inputEnded, interrupted } from './interrupt.ts';
import { coloursFor, type Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

/** What the user answers with Esc: the question before, please. */
export const back = Symbol('back');

export interface Option {
  readonly value: string;
  readonly title: string;
  /** Lines: when to use it and what it costs, shown while it is the marked one. */
  readonly description: readonly string[];
}

export interface Prompter {
  /** `problem` says why an answer cannot stand, or null. */
  text(question: {
    readonly message: string;
    readonly standard: string;
    readonly problem: (answer: string) => string | null;
  }): Promise<string | typeof back>;
  select(question: {
    readonly message: string;
    readonly standard: string;
    readonly options: readonly Option[];
  }): Promise<string | typeof back>;
}

/** What the library is given with each question. */
interface Context {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  /** An answered question is printed by us, so that Esc can take it back. */
  readonly clearPromptOnDone: true;
}

type Library = typeof import('./prompt-library.ts');
type Ask<T> = (library: Library, context: Context) => Promise<T>;

/**
 * Questions in the terminal.
 * @throws UserError (code 130) at Ctrl-C and at the end of the input, or the reason of the terminal's signal
 */
export function prompterOn(terminal: Terminal): Prompter {
  // The library breaks lines too, in the middle of words.
  const broken = <T extends string | null>(line: T) =>
    line && wrap(line, (terminal.stdout.columns ?? 80) - 2).join('\n');
  const transcript = transcriptOn(terminal);
  const ask = async (shown: { message: string; title: (answer: string) => string }, run: Ask<string>) => {
    const answer = await askOnce(terminal, run);
    if (answer === back) transcript.takeBack();
    else transcript.add(shown.message, shown.title(answer));
    return answer;
  };
  return {
    text: ({ message, standard, problem }) =>
      ask({ message, title: (answer) => answer }, ({ input }, context) =>
        input(
          {
            message,
            default: standard,
            prefill: 'tab',
            validate: (answer) => broken(problem(answer)) ?? true,
          },
          context,
        ),
      ),
    select: ({ message, standard, options }) => {
      const choices = options.map(({ value, title, description }) => ({
        value,
        name: title,
        description: description.map(broken).join('\n'),
      }));
      const title = (answer: string) => options.find(({ value }) => value === answer)?.title ?? answer;
      return ask({ message, title }, ({ select }, context) =>
        select({ message, default: standard, choices, theme: { style: { keysHelpTip } } }, context),
      );
    },
  };
}

function keysHelpTip(keys: [key: string, action: string][]): string {
  return [...keys, ['esc', 'back']].map(([key, action]) => `${key} ${action}`).join(' · ');
}

/** The lines of the answered questions, the last of which can be taken back. */
function transcriptOn({ stdout, env }: Terminal) {
  const { bold, cyan, green } = coloursFor(stdout, env);
  const rows: number[] = [];
  return {
    add(message: string, answer: string) {
      const width = stdout.columns ?? 80;
      const isOneLine = `✔ ${message} ${answer}`.length <= width;
      const lines = isOneLine
        ? [{ text: `${message} ${answer}`, shown: `${bold(message)} ${cyan(answer)}` }]
        : [
            ...wrap(message, width - 2).map((text) => ({ text, shown: bold(text) })),
            ...wrap(answer, width - 2).map((text) => ({ text, shown: cyan(text) })),
          ];
      stdout.write(`${green('✔')} ${lines.map(({ shown }) => shown).join('\n  ')}\n`);
      // The terminal breaks a word that is longer than a line.
      rows.push(lines.reduce((sum, { text }) => sum + Math.ceil((text.length + 2) / width), 0));
    },
    takeBack() {
      const count = rows.pop();
      if (count !== undefined) stdout.write(`\u001b[${count}A\u001b[J`);
    },
  };
}

async function askOnce<T>(terminal: Terminal, run: Ask<T>): Promise<T | typeof back> {
  // The library asks the process alone whether it may use colours.
  const { FORCE_COLOR } = terminal.env;
  if (FORCE_COLOR !== undefined) process.env.FORCE_COLOR = FORCE_COLOR;
  const library = await import('./prompt-library.ts');
  terminal.signal.throwIfAborted();
  const own = new AbortController();
  const onKey = (_text: unknown, key: { readonly name?: string } | undefined) =>
    key?.name === 'escape' && own.abort(back);
  // A prompt whose input has ended neither resolves nor rejects: Node would leave it there and exit with 0.
  const onEnd = () => own.abort(inputEnded());
  const input = terminal.stdin as Readable;
  input.on('keypress', onKey);
  process.once('beforeExit', onEnd);
  try {
    const output = terminal.stdout as unknown as NodeJS.WritableStream;
    const signal = AbortSignal.any([terminal.signal, own.signal]);
    return await run(library, { input, output, signal, clearPromptOnDone: true });
  } catch (error) {
    if (own.signal.reason === back) return back;
    terminal.signal.throwIfAborted();
    own.signal.throwIfAborted();
    throw error instanceof Error && error.name === 'ExitPromptError' ? interrupted() : error;
  } finally {
    input.off('keypress', onKey);
    process.off('beforeExit', onEnd);
  }
}
