import type { Admin } from 'kafkajs';
import { administer } from './administer.ts';
import { typeOf } from './client.ts';
import { endsOf } from './log.ts';

/** Topics with records and groups with members at the broker of that URL, each as a clause: what its end would harm. */
export function occupantsOf(url: string): Promise<string[]> {
  return administer(url, async (admin) => [...(await membersIn(admin)), ...(await recordsIn(admin))]);
}

async function membersIn(admin: Admin): Promise<string[]> {
  const ids = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
  if (ids.length === 0) return [];
  const { groups } = await admin.describeGroups(ids);
  return groups
    .filter(({ members }) => members.length > 0)
    .map(({ groupId, members }) => `group "${groupId}" has ${members.length} members`);
}

async function recordsIn(admin: Admin): Promise<string[]> {
  // Those with underscores are the broker's own.
  const topics = (await admin.listTopics()).filter((name) => !name.startsWith('__'));
  const holding = await Promise.all(topics.map((topic) => holdsRecords(admin, topic)));
  return topics.filter((_topic, index) => holding[index]).map((topic) => `topic "${topic}" holds messages`);
}

async function holdsRecords(admin: Admin, topic: string): Promise<boolean> {
  try {
    return (await endsOf(admin, topic)).size > 0;
  } catch (error) {
    // It was deleted after it was listed.
    if (typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
    throw error;
  }
}
