// Messages and the channels that carry them. Readers of the last release get new messages, and new readers get those of the
// last release that still wait in queues: what a message says has to be readable both ways.
import type { Comparison } from './check.ts';
import { type Json, schemaBreaks } from './schema.ts';

export const asyncApiComparison: Comparison = {
  covers: (path) => path === 'asyncapi.json',
  breaks: (before, now) => [
    ...channelBreaks(before, now),
    ...messageBreaks(before.components.messages, now.components.messages),
    ...headerBreaks(before.components.schemas, now.components.schemas),
    ...goneFrom(before.operations, now.operations).map((name) => `operation "${name}" is gone`),
  ],
};

function goneFrom(before: Json, now: Json): readonly string[] {
  return Object.keys(before).filter((name) => !(name in now));
}

function keptIn(before: Json, now: Json): readonly string[] {
  return Object.keys(before).filter((name) => name in now);
}

function channelBreaks(before: Json, now: Json): readonly string[] {
  const left = (channel: string) =>
    goneFrom(before.channels[channel].messages, now.channels[channel].messages)
      // What is gone everywhere is named once.
      .filter((message) => message in now.components.messages)
      .map((message) => `channel "${channel}" no longer carries message "${message}"`);
  return [
    ...goneFrom(before.channels, now.channels).map((name) => `channel "${name}" is gone`),
    ...keptIn(before.channels, now.channels).flatMap(left),
  ];
}

function messageBreaks(before: Json, now: Json): readonly string[] {
  return [
    ...goneFrom(before, now).map((name) => `message "${name}" is gone`),
    ...keptIn(before, now).flatMap((name) =>
      changes(before[name], now[name]).map((change) => `message "${name}": ${change}`),
    ),
  ];
}

/** The summary says kind and version; a consumer refuses another version than its own. */
function changes(before: Json, now: Json): readonly string[] {
  if (before.summary !== now.summary) return [`was ${before.summary}, is now ${now.summary}`];
  return schemaBreaks(before.payload, now.payload, 'both');
}

function headerBreaks(before: Json, now: Json): readonly string[] {
  return keptIn(before, now).flatMap((name) =>
    schemaBreaks(before[name], now[name], 'both').map((change) => `schema "${name}": ${change}`),
  );
}
