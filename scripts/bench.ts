/**
 * Prints how quick and how big everything is, with the targets beside it: `npm run bench [-- <part>...]`. It judges
 * nothing by its exit code, since a busy machine is no fault. What is compared is measured in turn, in one run.
 */

import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { startBroker } from '../test/bench/broker.ts';
import { measureCalls } from '../test/bench/calls.ts';
import { measureCreate, measureHelp } from '../test/bench/command-line.ts';
import { measureDev } from '../test/bench/dev.ts';
import { measureGrpc } from '../test/bench/grpc.ts';
import { measureInbox } from '../test/bench/inbox.ts';
import { measureOutbox } from '../test/bench/outbox.ts';
import { measureInstalled, measurePackage } from '../test/bench/packages.ts';
import {
  addDiscoveryPrograms,
  addGrpcPrograms,
  addPrograms,
  startDatabases,
} from '../test/bench/repository.ts';
import { measureRoute } from '../test/bench/route.ts';
import { line, type Row } from '../test/bench/table.ts';
import { install, packAndInstall, type Tarball } from '../test/bench/tarball.ts';
import { succeed } from '../test/e2e/commands.ts';
import { startKafka } from '../test/e2e/kafka-broker.ts';

const parts: Readonly<Record<string, (tarball: Tarball) => AsyncIterable<Row>>> = {
  package: measurePackageParts,
  system: measureSystem,
  kafka: measureKafka,
  grpc: measureGrpcSystem,
  discovery: measureDiscoverySystem,
};

async function* measurePackageParts(tarball: Tarball): AsyncIterable<Row> {
  yield* measurePackage(tarball);
  await install(tarball.home, 'create-vite');
  yield await measureCreate(tarball.home);
  yield await measureHelp(tarball.home);
}

async function* measureSystem({ home }: Tarball): AsyncIterable<Row> {
  await succeed('npx', ['create-msvc', 'shop', '--yes', '--no-git'], { cwd: home });
  const folder = join(home, 'shop');
  yield measureInstalled(folder);
  yield await measureDev(folder);
  await addPrograms(folder, 'rabbitmq');
  const databases = await startDatabases(folder, ['user', 'order', 'inventory', 'bus']);
  try {
    yield await measureRoute(folder, databases);
    const embedded = { brokerUrl: databases.urls.bus ?? '', broker: 'embedded' };
    yield* await measureOutbox(folder, { databases, ...embedded });
    yield await measureInbox(folder, { databases, ...embedded });
    const broker = await startBroker(folder);
    try {
      const onRabbitMq = { brokerUrl: broker.url, broker: 'RabbitMQ' };
      yield* await measureOutbox(folder, { databases, ...onRabbitMq });
      yield await measureInbox(folder, { databases, ...onRabbitMq });
    } finally {
      await broker.stop();
    }
  } finally {
    await databases.stop();
  }
}

async function* measureGrpcSystem({ home }: Tarball): AsyncIterable<Row> {
  await succeed('npx', ['create-msvc', 'calls', '--yes', '--sync', 'grpc', '--no-git'], { cwd: home });
  const folder = join(home, 'calls');
  await addGrpcPrograms(folder);
  const databases = await startDatabases(folder, ['user', 'bus']);
  try {
    yield await measureGrpc(folder, databases);
  } finally {
    await databases.stop();
  }
}

async function* measureDiscoverySystem({ home }: Tarball): AsyncIterable<Row> {
  await succeed('npx', ['create-msvc', 'looked-up', '--yes', '--discovery', 'client', '--no-git'], {
    cwd: home,
  });
  const folder = join(home, 'looked-up');
  await addDiscoveryPrograms(folder);
  const databases = await startDatabases(folder, ['user', 'order', 'bus']);
  try {
    yield await measureCalls(folder, databases);
  } finally {
    await databases.stop();
  }
}

async function* measureKafka({ home }: Tarball): AsyncIterable<Row> {
  await succeed('npx', ['create-msvc', 'shop-on-kafka', '--yes', '--no-git', '--broker', 'kafka'], {
    cwd: home,
  });
  const folder = join(home, 'shop-on-kafka');
  await addPrograms(folder, 'kafka');
  const databases = await startDatabases(folder, ['order', 'inventory']);
  const broker = await startKafka(folder);
  try {
    const brokerUrl = `kafka://${broker.address}`;
    await succeed('npm', ['run', 'topics'], { cwd: folder, env: { BROKER_URL: brokerUrl } });
    // Before the other, whose messages stay in the log.
    yield await measureInbox(folder, { databases, brokerUrl, broker: 'Kafka' });
    yield* await measureOutbox(folder, { databases, brokerUrl, broker: 'Kafka' });
  } finally {
    await broker.remove();
    await databases.stop();
  }
}

const chosen = process.argv.slice(2);
const unknown = chosen.find((part) => !(part in parts));
if (unknown) throw new Error(`There is no part "${unknown}"; there are ${Object.keys(parts).join(', ')}`);

console.log(
  `Node ${process.versions.node}, services on that of their images, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
);
const tarball = await packAndInstall();
try {
  for (const [part, measure] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(part)) continue;
    for await (const row of measure(tarball)) console.log(line(row));
  }
} finally {
  await tarball.remove();
}
