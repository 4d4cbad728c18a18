import { ToolError, WrongUsage } from '../interrupt.ts';
import { parse, WrongArguments } from './arguments.ts';
import { deadLetters } from './dead-letters.ts';
import { outbox } from './outbox.ts';
import type { Shell } from './shell.ts';

const USAGE = `Usage: npm run dead-letters -- <command>
  list [channel]                 messages that no consumer could handle
  replay <channel> <id>|--all    hand them to their consumer group again
  drop <channel> <id>|--all      give them up
Options: --group <group> where several read the channel
Works on the broker of BROKER_URL, or on the system that "npm run dev" runs.

Usage: npm run outbox -- <command> --service <name>
  list [--all]                   parked messages; with --all also those that only wait
  retry <number>                 send a parked message again
  drop <number>                  give it up; the later ones of its key are sent then
Works on the database of DATABASE_URL (then without --service), or on the system that "npm run dev" runs.

Exit codes: 0 done, 1 failed or not found, 2 wrong arguments.`;

const subjects = { 'dead-letters': deadLetters, outbox };

/** @returns the exit code */
export async function operate([name = '', ...argv]: readonly string[], shell: Shell): Promise<0 | 1 | 2> {
  try {
    const asked = parse(argv);
    const subject = Object.entries(subjects).find(([known]) => known === name)?.[1];
    if (!subject) throw new WrongArguments(`Unknown subject "${name}".`);
    if (!asked.help) return await subject(asked, shell);
    shell.print(USAGE);
    return 0;
  } catch (error) {
    if (error instanceof WrongArguments) shell.complain(`${error.message}\n\n${USAGE}`);
    else if (error instanceof ToolError) shell.complain(error.message);
    else throw error;
    return error instanceof WrongUsage ? 2 : 1;
  }
}
