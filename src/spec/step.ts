/** The notation of a saga step: `service.action[/compensation][!]`. */

export interface Step {
  readonly service: string;
  readonly action: string;
  /** Undoes the action; null where the step cannot be undone. */
  readonly compensation: string | null;
  /** The step after which the saga only goes forward. */
  readonly pivot: boolean;
}

const word = '[a-z][a-z0-9]*(?:-[a-z0-9]+)*';
const notation = new RegExp(`^(${word})\\.(${word})(?:/(${word}))?(!)?$`);

/** Reads one step; null where the text is no step. */
export function parseStep(text: string): Step | null {
  const [, service, action, compensation, mark] = notation.exec(text) ?? [];
  if (!service || !action) return null;
  return { service, action, compensation: compensation ?? null, pivot: mark === '!' };
}

/** Prints a step in its notation. */
export function printStep({ service, action, compensation, pivot }: Step): string {
  return `${service}.${action}${compensation ? `/${compensation}` : ''}${pivot ? '!' : ''}`;
}

export interface StepProblem {
  /** Index of the step, or null for the steps as a whole. */
  readonly index: number | null;
  readonly message: string;
}

/**
 * Marks the pivot where the user left it open (the last step with a compensation; where nothing can be undone the first
 * step, and the others have to succeed) and checks the order: steps before the pivot need a compensation, steps after
 * it have none.
 */
export function settleSteps(steps: readonly Step[]): readonly Step[] | StepProblem {
  const marked = steps.flatMap((step, index) => (step.pivot ? [index] : []));
  if (marked.length > 1)
    return { index: marked[1] ?? null, message: 'is a second pivot; a saga has one step with "!"' };
  const pivot =
    marked[0] ??
    Math.max(
      0,
      steps.findLastIndex((step) => step.compensation !== null),
    );
  for (const [index, step] of steps.entries()) {
    const name = printStep(step);
    if (index < pivot && !step.compensation) {
      return { index, message: `"${name}" needs a compensation: it comes before the pivot` };
    }
    if (index > pivot && step.compensation) {
      return {
        index,
        message: `"${name}" cannot have a compensation: it comes after the pivot and is retried until it succeeds`,
      };
    }
  }
  const seen = new Set<string>();
  for (const [index, { service, action }] of steps.entries()) {
    const key = `${service}.${action}`;
    if (seen.has(key)) return { index, message: `"${key}" is already a step` };
    seen.add(key);
  }
  return steps.map((step, index) => ({ ...step, pivot: index === pivot }));
}
