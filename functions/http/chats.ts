import { awsEntry, type HandlersOf } from '../edge/lambda.ts';
import { acceptChat } from '../routes/accept-chat.ts';
import { closeChat } from '../routes/close-chat.ts';
import { holdChat, resumeChat } from '../routes/hold-chat.ts';
import { initiateChat } from '../routes/initiate-chat.ts';
import { listChats } from '../routes/list-chats.ts';
import { listDecisions } from '../routes/list-decisions.ts';
import { listMessages } from '../routes/list-messages.ts';
import { postMessage } from '../routes/post-message.ts';
import { readChat } from '../routes/read-chat.ts';
import { renewToken } from '../routes/renew-token.ts';
import { transferChat } from '../routes/transfer-chat.ts';

export const handlers = {
  listChats,
  readChat,
  initiateChat,
  acceptChat,
  holdChat,
  resumeChat,
  transferChat,
  closeChat,
  postMessage,
  listMessages,
  renewToken,
  listDecisions,
} satisfies HandlersOf<'chats'>;
export const handler = awsEntry(handlers);
