// What an operator sees of the sagas, and does with one that is stuck.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Database } from '@app/chassis/database';
import {
  type Action,
  history,
  list,
  readAnswer,
  request,
  type SagaSummary,
  withdraw,
} from '@app/chassis/saga';
import { ToolError } from '../interrupt.ts';
import { namedDatabase } from '../postgres/named.ts';
import { RUNNING_FILE } from '../running.ts';
import { table } from '../terminal.ts';
import { openWith } from './database.ts';
import type { Shell } from './shell.ts';

const USAGE = `Usage: npm run saga -- <command>
  list [--stuck | --all]   open sagas, the oldest 100
  show <key>               one saga and what has happened in it
  retry <key>              ask again now for what is unanswered
  skip <key>               take what is unanswered as done
  abort <key>              undo the saga; refused once it is past its pivot
Options: --saga <name> where a key belongs to several sagas, --json for list and show
Works on the database of DATABASE_URL, or on the system that "npm run dev" runs.
Exit codes: 0 done, 1 failed or not answered, 2 wrong arguments, 3 refused or not found.`;

const ACTIONS: Record<string, Action> = { retry: 'retry', skip: 'skip', abort: 'abort' };
const ANSWER_LIMIT_MS = 15_000;

type ExitCode = 0 | 1 | 2 | 3;
interface Flags {
  readonly stuck: boolean;
  readonly all: boolean;
  readonly json: boolean;
  readonly saga?: string | undefined;
}

export async function operateSagas(argv: readonly string[], shell: Shell): Promise<ExitCode> {
  const { code, text } = await answerTo(argv, shell);
  if (code === 0) shell.print(text);
  else shell.complain(text);
  return code;
}

interface Answer {
  readonly code: ExitCode;
  readonly text: string;
}

const done = (text: string): Answer => ({ code: 0, text });

async function answerTo(argv: readonly string[], shell: Shell): Promise<Answer> {
  const asked = parse(argv);
  if ('wrong' in asked) return { code: 2, text: `${asked.wrong}\n\n${USAGE}` };
  if (asked.command === 'help') return done(USAGE);
  const db = await openSagaDatabase(shell);
  try {
    if (asked.command === 'list') return done(await listed(db, asked.flags));
    const saga = await find(db, asked.key, asked.flags);
    if (typeof saga === 'string') return { code: 3, text: saga };
    const action = ACTIONS[asked.command];
    return action
      ? await act(db, saga, { action, signal: shell.signal })
      : done(await shown(db, saga, asked.flags));
  } finally {
    await db.close();
  }
}

function parse(argv: readonly string[]): { command: string; key: string; flags: Flags } | { wrong: string } {
  const boolean = { type: 'boolean', default: false } as const;
  const options = {
    stuck: boolean,
    all: boolean,
    json: boolean,
    help: boolean,
    saga: { type: 'string' },
  } as const;
  try {
    // npm hands a second "--" on.
    const args = argv[0] === '--' ? argv.slice(1) : [...argv];
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [command = 'list', key = '', ...rest] = positionals;
    if (values.help) return { command: 'help', key, flags: values };
    if (command !== 'list' && command !== 'show' && !ACTIONS[command])
      return { wrong: `Unknown command "${command}".` };
    if (rest.length > 0 || (command === 'list') !== (key === '')) {
      return { wrong: command === 'list' ? '"list" takes no key.' : `"${command}" takes one key.` };
    }
    return { command, key, flags: values };
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}

/** The database with the sagas: the one that is named, or of the running system the one that has such a table. */
async function openSagaDatabase({ env, running }: Shell): Promise<Database> {
  const named = env.DATABASE_URL;
  const urls = named ? [namedDatabase(named)] : Object.values((await running())?.databases ?? {});
  for (const url of urls) {
    const db = await openWith('saga', { url, from: named ? 'DATABASE_URL' : RUNNING_FILE });
    if (db) return db;
  }
  throw new ToolError(
    'No database with sagas. Set DATABASE_URL to that of the service which starts them, or run "npm run dev".',
  );
}

async function listed(db: Database, { stuck, all, json }: Flags): Promise<string> {
  const which = all ? 'all' : stuck ? 'stuck' : 'open';
  const sagas = await list(db, { which });
  if (json) return JSON.stringify(sagas, null, 2);
  if (sagas.length === 0) return which === 'all' ? 'No sagas.' : `No ${which} sagas.`;
  return table([['SAGA', 'KEY', 'STATUS', 'ATTEMPTS', 'STARTED', 'REASON'], ...sagas.map(toCells)]);
}

async function shown(db: Database, saga: SagaSummary, { json }: Flags): Promise<string> {
  const entries = await history(db, saga, saga.key);
  if (json) return JSON.stringify({ ...saga, history: entries }, null, 2);
  const steps = entries.map(({ at, service, step, result, reason = '' }) => [
    at,
    service,
    step,
    result,
    reason,
  ]);
  const status = `${saga.name} ${saga.key}: ${saga.status}${saga.stuck ? ', stuck' : ''}`;
  return `${status}\n\n${table([['AT', 'SERVICE', 'STEP', 'RESULT', 'REASON'], ...steps])}`;
}

/** Leaves the request and waits for what the service makes of it. */
async function act(
  db: Database,
  saga: SagaSummary,
  { action, signal }: { action: Action; signal: AbortSignal },
): Promise<Answer> {
  const named = `${saga.name} ${saga.key}`;
  const id = await request(db, saga, action);
  const giveUpAt = performance.now() + ANSWER_LIMIT_MS;
  for (;;) {
    const refusal = await readAnswer(db, id);
    if (refusal === null) return done(`${named}: ${action} done.`);
    if (refusal !== undefined) return { code: 3, text: `${named}: ${action} refused: ${refusal}.` };
    if (signal.aborted || performance.now() > giveUpAt) break;
    await sleep(200, undefined, { signal }).catch(() => {});
  }
  const nothingDone = await withdraw(db, id);
  signal.throwIfAborted();
  const text = nothingDone
    ? `No answer within ${ANSWER_LIMIT_MS / 1000} s: the service that runs ${saga.name} is down, or has no version ${saga.version} of it. Nothing was done.`
    : `${named}: answered just now. Look with "show ${saga.key}".`;
  return { code: 1, text };
}

/** The saga with this key, or why it cannot be told. */
async function find(db: Database, key: string, { saga }: Flags): Promise<SagaSummary | string> {
  const found = (await list(db, { which: 'all', key })).filter(({ name }) => name === (saga ?? name));
  if (found.length > 1)
    return `"${key}" is a key of ${found.map(({ name }) => name).join(' and ')}: add --saga <name>.`;
  return found[0] ?? `There is no saga with the key "${key}".`;
}

function toCells({ name, key, status, stuck, attempts, startedAt, reason }: SagaSummary): string[] {
  const shown = stuck ? `${status} (stuck)` : status;
  return [name, key, shown, String(attempts), startedAt.toISOString(), reason ?? ''];
}
