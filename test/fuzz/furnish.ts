import { POLICY_NAMES, RETURNING_POLICY_NAMES } from '../../domain/policies.ts';
import type { RouteName } from '../../functions/routes.ts';
import type { chanceOf } from '../support/chance.ts';
import type { Reply, World } from '../support/world.ts';

export type Chat = { readonly id: string; readonly token: string };

/**
 * Puts back what requests have removed, and gives them a chat in each state to meet, by the name of the state. The
 * settings first: those in force may forbid the rest.
 */
export async function furnish(
  world: World,
  chance: ReturnType<typeof chanceOf>,
): Promise<ReadonlyMap<string, Chat>> {
  await must(world.switchTo({}));
  await must(world.job('stop'));
  await projectsAndTeam(world);
  const chats = await chatsInEveryState(world);
  const rule = (policies: typeof RETURNING_POLICY_NAMES) => ({
    policy: chance.pick(policies),
    onNobody: null,
  });
  const newVisitors = { policy: chance.pick(POLICY_NAMES), onNobody: null };
  await must(
    world.switchTo({ newVisitors, returningVisitors: chance.pick([null, rule(RETURNING_POLICY_NAMES)]) }),
  );
  return chats;
}

async function must(reply: Promise<Reply>): Promise<Reply['body']> {
  const { status, body } = await reply;
  if (status >= 300) throw new Error(`the world could not be furnished: ${status} ${JSON.stringify(body)}`);
  return body;
}

async function projectsAndTeam(world: World) {
  const put = (name: RouteName, params: Record<string, string>, body: object) =>
    must(world.call(name, { as: 'owner', params, body }));
  for (const projectId of ['acme', 'elsewhere']) {
    await put('replaceProject', { projectId }, { name: projectId, allowedOrigins: [] });
  }
  await put('replaceChannel', { projectId: 'elsewhere', channelId: 'web' }, { name: 'Web' });
  await put('replaceChannel', { channelId: 'web' }, { name: 'Web' });
  await put('replaceChannel', { channelId: 'phone' }, { name: 'Phone', weight: 2 });
  await put('replaceChannel', { channelId: 'rare' }, { name: 'Rare' });
  await put('replaceGroup', { groupId: 'line-1' }, { name: 'Line 1', queuePosition: 1, primary: true });
  await put('replaceGroup', { groupId: 'line-2' }, { name: 'Line 2', queuePosition: 2, primary: false });
  const hire = async (agentId: string, status: string, card: object) => {
    await put('replaceAgent', { agentId }, { name: agentId, channels: ['web', 'phone'], ...card });
    await must(world.setStatus(agentId, status));
  };
  await hire('ada', 'online', { groups: ['line-1'], maxLoad: null });
  await hire('ben', 'busy', { groups: ['line-1', 'line-2'], maxLoad: 3 });
  await hire('cyd', 'online', { groups: ['line-2'], maxLoad: 0 });
}

async function chatsInEveryState(world: World): Promise<ReadonlyMap<string, Chat>> {
  const chats = new Map<string, Chat>();
  const keep = async (name: string, reply: Promise<Reply>) => {
    const { chat, visitorToken } = await must(reply);
    chats.set(name, { id: chat.id, token: visitorToken });
    return chat.id;
  };
  const start = (name: string, given: Parameters<typeof world.start>[0] = {}) =>
    keep(name, world.start({ message: 'Hello', ...given }));
  await start('waiting', { channelId: 'rare' });
  await start('open');
  await must(world.hold(await start('held')));
  await start('bot', { withBot: true });
  await must(world.close(await start('closed')));
  await must(world.job('start'));
  await must(world.transfer(await start('queued'), { groupId: 'line-2' }));
  await must(world.switchTo({ newVisitors: { policy: 'all', onNobody: null } }));
  await start('offered');
  const elsewhere = { as: 'owner', params: { projectId: 'elsewhere' }, body: { channelId: 'web' } } as const;
  await keep('elsewhere', world.call('startChat', elsewhere));
  // An id of ours that no chat has.
  const token = chats.get('elsewhere')?.token ?? '';
  return chats.set('ghost', { id: world.context.newId.chat(world.clock.now), token });
}
