/** Ctrl-C, or the end of whoever runs the tests: then no teardown runs, and what was started outlives us. */

type Undo = (signal: NodeJS.Signals) => void;

const undos: Undo[] = [];

/** `undo` is run when this process is told to end; the last one first. */
export function onInterrupt(undo: Undo): void {
  if (undos.length === 0) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  undos.push(undo);
}

function end(signal: NodeJS.Signals): void {
  for (const undo of undos.reverse()) {
    try {
      undo(signal);
    } catch (error) {
      console.error(error);
    }
  }
  process.exit(1);
}
