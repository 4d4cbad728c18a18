// `npm run dev`: the whole system without Docker, restarted where its sources change.
import { parseArgs } from 'node:util';
import { parseScale } from './instances.ts';
import { runTool } from './interrupt.ts';
import { readable } from './log-line.ts';
import { watchSources } from './sources.ts';
import { type Stack, startStack } from './stack.ts';
import { system } from './system.ts';
import { type Colour, paint, print } from './terminal.ts';

const COLOURS: readonly Colour[] = ['cyan', 'magenta', 'blue', 'yellow', 'green'];
const names = system.services.map(({ name }) => name);
let width = Math.max(...names.map((name) => name.length));

/** Instances of a service have its colour. */
function prefix(instance: string): string {
  const [service = ''] = instance.split('.');
  return paint(COLOURS[names.indexOf(service) % COLOURS.length] ?? 'grey', instance.padEnd(width));
}

/** The folders a language's services share: a change there concerns all of them. */
const shared = ['contracts', ...new Set(system.services.map(({ language }) => `chassis/${language}`))];

async function restartChanged(stack: Stack, paths: readonly string[]): Promise<void> {
  const own = names.filter((name) => paths.some((path) => path.startsWith(`services/${name}/`)));
  const all = paths.some((path) => shared.some((folder) => path.startsWith(`${folder}/`)));
  print(paint('grey', `Changed: ${paths.join(', ')}. Restarting ${all ? 'all services' : own.join(', ')}.`));
  await stack.restart(all ? names : own);
}

await runTool(async (signal) => {
  const { values } = parseArgs({ options: { scale: { type: 'string', multiple: true } } });
  const scale = parseScale(values.scale ?? []);
  for (const [service, count] of scale) width = Math.max(width, `${service}.${count}`.length);
  print(`Starting PostgreSQL and ${names.length} services...`);
  const stack = await startStack({
    data: 'kept',
    signal,
    scale,
    onLine: (service, line) => print(`${prefix(service)} ${readable(line)}`),
    onCrash: (service, { how, retryMs }) =>
      print(
        `${prefix(service)} ${paint('red', how)}. Starts again in ${retryMs / 1000} s, or on the next change.`,
      ),
    onStep: print,
  });
  const interrupted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  try {
    const folders = [...shared, ...names.map((name) => `services/${name}`)];
    await watchSources(folders, { signal, onChange: (paths) => void restartChanged(stack, paths) });
    // However long it takes: a service that does not start may start after the next change.
    await stack.ready(Number.POSITIVE_INFINITY);
    print(`\n${paint('green', `Ready in ${(performance.now() / 1000).toFixed(1)} s.`)} Stop with Ctrl-C.`);
    for (const [service, url] of stack.urls) {
      print(`  ${prefix(service)}  ${[...new Set([url, ...stack.addresses(service)])].join('  ')}`);
    }
    print('');
    await interrupted;
  } finally {
    print('\nStopping...');
    await stack.stop();
  }
});
