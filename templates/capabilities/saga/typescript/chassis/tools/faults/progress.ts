// One line that changes on a terminal, and a line now and then elsewhere.

export interface Progress {
  say(line: string): void;
  stop(): void;
}

const ON_TERMINAL_MS = 250;
const ELSEWHERE_MS = 10_000;

/** `state` is asked again and again. With `json` standard output belongs to the report. */
export function startProgress(state: () => string): Progress {
  const { stderr } = process;
  const live = stderr.isTTY === true && process.env.TERM !== 'dumb';
  const wipe = () => live && stderr.write('\r\x1b[K');
  const draw = () => {
    const line = state();
    if (line === '') return;
    wipe();
    stderr.write(live ? line.slice(0, (stderr.columns ?? 80) - 1) : `${line}\n`);
  };
  const timer = setInterval(draw, live ? ON_TERMINAL_MS : ELSEWHERE_MS);
  return {
    say: (line) => {
      wipe();
      stderr.write(`${line}\n`);
    },
    stop: () => {
      clearInterval(timer);
      wipe();
    },
  };
}
