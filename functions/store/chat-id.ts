import { decodeTime, encodeTime } from 'ulid';
import type { ChatId, Instant } from '../../domain/brands.ts';

/** The id of a chat holds when it was created: ids sort by time. */
export function createdAtOf(id: ChatId): Instant {
  return decodeTime(id.slice('chat_'.length).toUpperCase()) as Instant;
}

/** Before every id of that moment, and behind those of earlier ones. */
export function idAt(at: Instant): ChatId {
  return `chat_${encodeTime(at).toLowerCase()}` as ChatId;
}
