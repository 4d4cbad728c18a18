// Draws the history of one saga: who did what, and when.
import { type Colour, paint } from './terminal.ts';

export interface HistoryEntry {
  /** RFC 3339. */
  readonly at: string;
  readonly service: string;
  /** The command, or the saga itself for its start and end. */
  readonly step: string;
  /** `sent`, how it was answered (`succeeded`, `refused`, `undone`...), or `started`, `confirmed`, `rejected`. */
  readonly result: string;
}

const ARROWS: Record<string, string> = {
  sent: '→',
  resent: '→',
  started: '●',
  confirmed: '●',
  rejected: '●',
};
const COLOURS: Record<string, Colour> = {
  started: 'cyan',
  succeeded: 'green',
  confirmed: 'green',
  undone: 'yellow',
  resent: 'yellow',
};

/** One line an entry, readable at 50 columns and without colour. */
export function timeline(history: readonly HistoryEntry[]): string[] {
  const start = Date.parse(history[0]?.at ?? '');
  const width = Math.max(...history.map(({ service }) => service.length));
  return history.map(({ at, service, step, result }) => {
    const offset = paint('grey', `+${Date.parse(at) - start} ms`.padStart(9));
    const outcome = result === 'sent' ? '' : ` ${paint(COLOURS[result] ?? 'red', result)}`;
    return `${offset} ${ARROWS[result] ?? '←'} ${service.padEnd(width)} ${step}${outcome}`;
  });
}
