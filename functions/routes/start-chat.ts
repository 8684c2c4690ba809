import type { GroupId, ProjectId } from '../../domain/brands.ts';
import type { Chat, WaitingChat } from '../../domain/chat.ts';
import type { Message } from '../../domain/message.ts';
import { policyNamed } from '../../domain/policies.ts';
import { start, startWithBot } from '../../domain/verbs/start.ts';
import { type Heads, readHeads } from '../allocate/heads.ts';
import { type Allocation, allocate, type Chosen, type NewChat } from '../allocate/new-chat.ts';
import { searchAfter } from '../allocate/search-after.ts';
import { type Setup, setUp } from '../allocate/setup.ts';
import { type Caller, isOutside } from '../edge/callers.ts';
import type { Context } from '../edge/context.ts';
import type { Answer, HandlerOf, RequestOf } from '../edge/exchange.ts';
import { Problem } from '../edge/problems.ts';
import { keptOf, newVisitorToken, stateOf } from '../edge/visitor-token.ts';
import { readChat, rememberTold } from '../store/chats.ts';
import type { Write } from '../store/commit.ts';
import { type Configuration, readConfigurationFor } from '../store/configuration.ts';
import { watchForAnswers } from '../store/deadlines.ts';
import { firstMessage, readConversation } from '../store/messages.ts';
import { createForBot } from '../store/start.ts';
import { type KnownVisitor, pointVisitorTo, readVisitor } from '../store/visitors.ts';
import { type Beside, NOTHING_BESIDE, viewBefore, viewFor, viewOf } from './chat-for-caller.ts';
import { tokenEnded } from './lookup.ts';
import { write } from './post-message.ts';
import { visitorDetails } from './visitor-details.ts';

type Request = RequestOf<'startChat'>;

/** Two starts of one visitor, or its chat closing meanwhile: a second look settles it, a third is never needed twice. */
const TRIES_MAX = 3;

export const startChat: HandlerOf<'startChat'> = async (request, context) => {
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const answer = await tryToStart(context, request);
    if (answer !== 'again') return answer;
  }
  throw new Problem('busy', 'This visitor is starting chats elsewhere at this moment. Nothing was changed.');
};

/** Everything a start depends on is read at once; one transaction follows. */
async function tryToStart(context: Context, request: Request): Promise<Answer | 'again'> {
  const { params, body, caller } = request;
  const found = await readAll(context, params.projectId, body, caller);
  const { project, channels, groups } = admitted(found.configuration, caller);
  const visitor = recognised(context, found.visitor, caller);
  if (visitor !== null && caller.kind === 'visitor' && visitor.last.chat.state !== 'closed') {
    return presentChat(context, request, visitor.last.chat, caller.token);
  }
  if (channels.length === 0) {
    throw new Problem('unknown-channel', `Project ${project.id} has no channel ${body.channelId}.`);
  }
  if (isOutside(caller)) {
    const { table, now, startLimits } = context;
    await startLimits.count({ table, projectId: project.id, address: request.address, now: now() });
  }
  const setup = setUp({ project, channels, groups });
  if (body.groupId != null) mayAskForGroup(setup, visitor, body.groupId);
  return create(context, request, { setup, heads: found.heads, visitor });
}

/** The chat that a visitor has already. A message of the start is said in it; where that is repeated, once. */
async function presentChat(
  context: Context,
  { body: { message: text }, caller, keepAnswer }: Request,
  chat: Chat,
  visitorToken: string,
): Promise<Answer> {
  const answer = (view: unknown): Answer => ({ status: 200, body: { chat: view, visitorToken } });
  if (text === undefined) return answer(await viewFor(context, caller, { chat }));
  const { projectId, id: chatId } = chat;
  const [conversation, view] = await Promise.all([
    readConversation(context.table, projectId, chatId),
    viewBefore(context, caller, chat),
  ]);
  const last = conversation?.lastMessage ?? null;
  const isSaidBy = (met: Message) => met.from === 'visitor' && met.text === text;
  if (last !== null && isSaidBy(last)) return answer(view(last));
  const draft = { chatId, text, from: 'visitor' as const, agentId: null, at: context.now() };
  const alongside = keepAnswer && ((message: Message) => [keepAnswer(answer(view(message)))]);
  return answer(view(await write(context, projectId, draft, last, { alongside, isSaidBy })));
}

async function readAll(
  context: Context,
  projectId: ProjectId,
  { channelId, groupId }: Request['body'],
  caller: Caller,
) {
  const { table } = context;
  const reading = readConfigurationFor(table, projectId, channelId, groupId ?? null);
  const [configuration, heads, visitor] = await Promise.all([
    reading,
    readHeads(context, projectId, reading),
    caller.kind === 'visitor' ? readVisitor(table, projectId, caller.visitorId) : null,
  ]);
  return { configuration, heads, visitor };
}

/** Only policy `group` has groups to ask for, and only those that are there. */
function mayAskForGroup({ rules, groups }: Setup, visitor: KnownVisitor | null, groupId: GroupId): void {
  const { policy } = rules.ruleFor(visitorOf(visitor));
  if (policyNamed(policy).scope !== 'group') {
    throw new Problem('policy-has-no-group', 'Leave groupId out, or switch to a policy with groups.');
  }
  const isThere = groups.some(({ id, spreading }) => id === groupId && spreading !== 'removal');
  if (!isThere) throw new Problem('unknown-group', `There is no group ${groupId} in this project.`);
}

function visitorOf(visitor: KnownVisitor | null) {
  const lastServedBy = visitor?.last.chat.lastServedBy ?? null;
  return { returning: lastServedBy !== null, lastServedBy, handedOver: false };
}

/** A widget must bring the project's key and come from one of its origins; a browser always says its origin. */
function admitted(configuration: Configuration | null, caller: Caller): Configuration {
  const project = configuration?.project;
  if (caller.kind === 'widget' && project?.widgetKey !== caller.key) {
    throw new Problem('unauthenticated', 'The x-usher-key is not the key of this project.');
  }
  if (configuration === null || project === undefined) {
    if (caller.kind === 'visitor')
      throw new Problem('unauthenticated', 'The visitor token is not one of ours.');
    throw new Problem('not-found', 'There is no such project.');
  }
  const origin = caller.kind === 'widget' || caller.kind === 'visitor' ? caller.origin : null;
  if (origin !== null && !project.allowedOrigins.includes(origin)) {
    throw new Problem(
      'origin-not-allowed',
      `Add ${origin} to the project's allowedOrigins to start chats there.`,
    );
  }
  return configuration;
}

/** A visitor's token is its identity: it must match what this project knows. */
function recognised({ now }: Context, visitor: KnownVisitor | null, caller: Caller): KnownVisitor | null {
  if (caller.kind !== 'visitor') return null;
  // While it is being revoked its chats still hold it.
  const isRevoked = visitor === null || visitor.pointer?.revokedAt !== undefined;
  const state = isRevoked ? 'other' : stateOf(caller.token, visitor.last.token, now());
  if (state === 'good') return visitor;
  if (state === 'ended') throw tokenEnded();
  throw new Problem('unauthenticated', 'The visitor token is not one of ours.');
}

type Found = {
  readonly setup: Setup;
  readonly heads: Heads;
  readonly visitor: KnownVisitor | null;
};

async function create(context: Context, request: Request, found: Found): Promise<Answer | 'again'> {
  const { body, caller, keepAnswer, params } = request;
  const now = context.now();
  const id = context.newId.chat(now);
  const visitorId = found.visitor?.last.chat.visitorId ?? context.newId.visitorOf(id);
  const visitorToken = caller.kind === 'visitor' ? caller.token : newVisitorToken(visitorId);
  const answer = (view: unknown): Answer => ({ status: 201, body: { chat: view, visitorToken } });
  const chat = start(
    {
      id,
      projectId: params.projectId,
      channelId: body.channelId,
      asked: body.groupId ?? null,
      groupId: body.groupId ?? null,
      visitorId,
      visitor: visitorDetails(body.visitor),
      previous: found.visitor?.last.chat ?? null,
    },
    now,
  );
  const message = messageOf(request, chat);
  const newChat: NewChat = {
    ...found,
    chat,
    token: keptOf(visitorToken, now),
    alongside: (begun, chosen) => [
      ...startWrites(context, chat, message, found),
      ...(keepAnswer === null ? [] : [keepAnswer(answer(viewOf(caller, begun, beside(chosen, message))))]),
    ],
  };
  const isBots = caller.kind === 'bot' || body.startWith === 'bot';
  const allocation = await (isBots ? leaveToBot(context, newChat) : allocate(context, newChat));
  switch (allocation.outcome) {
    case 'settled':
      return answer(viewOf(caller, allocation.chat, beside(allocation.chosen, message)));
    case 'waiting':
      return answer(await afterSearch(context, request, found, { ...allocation, lastMessage: message }));
    case 'refused':
      return 'again';
    case 'busy':
      throw new Problem(
        'busy',
        'The table has no capacity left. Nothing was changed; try again in a moment.',
      );
  }
}

/** A bot talks with the visitor first: nobody is chosen until it hands the chat over. */
async function leaveToBot({ table }: Context, { chat, token, alongside }: NewChat): Promise<Allocation> {
  const begun = startWithBot(chat);
  const chosen: Chosen = { agent: null, offerees: [] };
  const stored = { chat: begun, token, firstDecision: null };
  const { outcome } = await createForBot(table, stored, alongside(begun, chosen));
  if (outcome === 'committed') return { outcome: 'settled', chat: begun, chosen };
  return { outcome: outcome === 'refused' ? 'refused' : 'busy' };
}

/**
 * The chat has joined the line: search it at once, and show the chat as it is then. Where the search goes on in
 * other hands, or finds nobody, the chat is shown as it joined.
 */
async function afterSearch(
  context: Context,
  { params, caller }: Request,
  found: Found,
  { chat, isCrowded, lastMessage }: Extract<Allocation, { outcome: 'waiting' }> & Pick<Beside, 'lastMessage'>,
) {
  const { settled } = await searchAfter(context, params.projectId, isCrowded);
  const present = settled > 0 ? await readChat(context.table, params.projectId, chat.id) : null;
  const { places, last } = found.heads.line;
  const shown = { chat: present?.chat ?? chat, lastMessage };
  const view = await viewFor(context, caller, shown, last === null ? places : undefined);
  const told = 'estimatedWaitSeconds' in view ? view.estimatedWaitSeconds : null;
  if (typeof told === 'number') await remember(context, chat, told);
  return view;
}

/** For the board's figures: the chat, which is there by now, is not to fail over it. */
async function remember({ table, log }: Context, { projectId, id: chatId }: Chat, told: number) {
  try {
    await rememberTold(table, projectId, chatId, told);
  } catch (error) {
    log.error('what a visitor was told is not kept', { projectId, chatId, error: error as Error });
  }
}

/** What is written in one transaction with the chat: the visitor's pointer to it, and its first message. */
function startWrites(
  context: Context,
  chat: WaitingChat,
  message: Message | null,
  { visitor, setup }: Found,
): readonly Write[] {
  const { projectId, visitorId } = chat;
  const writes: Write[] = [];
  if (visitor !== null) {
    writes.push(pointVisitorTo(context.table, projectId, visitorId, chat, visitor));
  }
  if (message !== null) writes.push(firstMessage(context.table, projectId, message));
  writes.push(...watchForAnswers(context.table, setup.project.settings, chat));
  return writes;
}

/** The first message may come with the start. */
function messageOf({ body, caller }: Request, { id, createdAt }: WaitingChat): Message | null {
  if (body.message === undefined) return null;
  const from = caller.kind === 'bot' ? 'bot' : 'visitor';
  return { chatId: id, number: 1, text: body.message, from, agentId: null, at: createdAt };
}

function beside({ agent, offerees }: Chosen, lastMessage: Message | null): Beside {
  return { ...NOTHING_BESIDE, agentName: agent?.name ?? null, offerees, lastMessage };
}
