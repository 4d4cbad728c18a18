// The system's messages as an AsyncAPI 3.0 document.
import { z } from 'zod';
import type { MessageType } from '../contract/index.ts';
import { CommandFailed } from './failure.ts';
import type { Channel } from './transport.ts';

// biome-ignore lint/suspicious/noExplicitAny: messages of different shapes live in one list.
type AnyMessageType = MessageType<any>;

export interface AsyncApiOptions {
  readonly title: string;
  readonly version: string;
  readonly channels: readonly Channel[];
  readonly messages: readonly AnyMessageType[];
}

const TEXT = { type: 'string' };
const NUMBER_TEXT = { type: 'string', pattern: '^[0-9]+$' };
const TIME = { type: 'string', format: 'date-time' };

const HEADERS = {
  type: 'object',
  required: ['id', 'source', 'type', 'schema-version'],
  properties: {
    id: { ...TEXT, description: 'Unique together with the source; a repeated message keeps it' },
    source: { ...TEXT, description: 'The service that sends it' },
    type: { ...TEXT, description: 'Name of the message' },
    'schema-version': { ...NUMBER_TEXT, description: 'Major version of the message' },
    time: TIME,
    'correlation-id': { ...TEXT, description: 'The business process it belongs to' },
    'causation-id': { ...TEXT, description: 'Id of the message that it follows from' },
    'reply-to': { ...TEXT, description: 'Channel on which the sender of a command wants the reply' },
    'aggregate-id': TEXT,
    'aggregate-version': NUMBER_TEXT,
    'expires-at': { ...TIME, description: 'A command is refused after this moment' },
    attempt: { ...NUMBER_TEXT, description: 'How often its sender has said this; absent: once' },
    traceparent: { ...TEXT, description: 'W3C trace context' },
  },
};

/**
 * The document as data. Replies are on every channel for replies, since the command says which one; so is CommandFailed,
 * which no contract declares: consumers of commands say it by themselves.
 */
export function asyncApiDocument({ title, version, channels, ...options }: AsyncApiOptions) {
  const hasReplies = channels.some(({ kind }) => kind === 'replies');
  const messages = hasReplies ? [...options.messages, CommandFailed] : options.messages;
  const carried = (channel: Channel) =>
    messages.filter((message) =>
      message.kind === 'reply' ? channel.kind === 'replies' : message.channel === channel.name,
    );
  return {
    asyncapi: '3.0.0',
    info: { title, version },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      channels.map((channel) => [channel.name, channelObject(channel, carried(channel))]),
    ),
    operations: Object.fromEntries(
      channels.flatMap((channel) =>
        channel.groups.map((group) => [`${group}-${channel.name}`, receiving(channel, group)]),
      ),
    ),
    components: {
      messages: Object.fromEntries(messages.map((message) => [message.type, messageObject(message)])),
      schemas: { Headers: HEADERS },
    },
  };
}

function channelObject({ name, kind }: Channel, messages: readonly AnyMessageType[]) {
  return {
    address: name,
    description: { commands: 'Commands', replies: 'Replies to commands', events: 'Events' }[kind],
    messages: Object.fromEntries(
      messages.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
    ),
  };
}

/** Without a list of messages an operation is for every one of its channel. */
function receiving({ name }: Channel, group: string) {
  return {
    action: 'receive',
    channel: { $ref: `#/channels/${name}` },
    summary: `Consumer group ${group}`,
  };
}

function messageObject({ type, kind, version, schema, example }: AnyMessageType) {
  return {
    name: type,
    summary: `${kind}, version ${version}`,
    headers: { $ref: '#/components/schemas/Headers' },
    payload: z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }),
    examples: [{ payload: example }],
  };
}
