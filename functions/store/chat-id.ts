import { decodeTime } from 'ulid';
import type { ChatId, Instant } from '../../domain/brands.ts';

/** The id of a chat holds when it was created: ids sort by time. */
export function createdAtOf(id: ChatId): Instant {
  return decodeTime(id.slice('chat_'.length).toUpperCase()) as Instant;
}
