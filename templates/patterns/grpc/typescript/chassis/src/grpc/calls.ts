import type { RequestSignal } from '../edge/index.ts';

/** A call in hand. */
export interface OpenCall extends RequestSignal {
  /** Whether it goes on for as long as its client likes. */
  readonly endless: boolean;
}

/** The calls in hand, for a server that has to come to an end. */
export class OpenCalls {
  readonly #calls = new Set<OpenCall>();
  #noneLeft = () => {};

  add(call: OpenCall): void {
    this.#calls.add(call);
  }

  delete(call: OpenCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#noneLeft();
  }

  /** Ends those that `which` names. */
  abort(reason: Error, which: (call: OpenCall) => boolean = () => true): void {
    for (const call of this.#calls) if (which(call)) call.abort(reason);
  }

  /** Resolves when none is left. */
  async none(): Promise<void> {
    if (this.#calls.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#noneLeft = resolve;
    });
  }
}
