import { awsEntry, type HandlersOf } from '../edge/lambda.ts';
import { startChat } from '../routes/start-chat.ts';

export const handlers = { startChat } satisfies HandlersOf<'start-chat'>;
export const handler = awsEntry(handlers);
