import type { GroupId } from './brands.ts';
import { type PolicyName, policyNamed } from './policies.ts';

/** A chat that goes on in the whole team, whatever the policy: the group it waited in was removed. No group has this id. */
export const WHOLE_TEAM = '*';

/** Where a chat asks to be searched: a group, the whole team, or null = wherever its rule says. */
export type Asked = GroupId | typeof WHOLE_TEAM | null;

/** Whose agents a chat is searched among. `nowhere` says why that cannot be told. */
export type Scope =
  | { readonly kind: 'team' }
  | { readonly kind: 'group'; readonly groupId: GroupId }
  | { readonly kind: 'nowhere'; readonly outcome: 'no-primary-group' | 'unknown-group' };

/** What there is to ask for. */
export type Groups = { readonly primaryGroupId: GroupId | null; readonly has: (id: GroupId) => boolean };

/** Policy `group` searches the group asked for, else the primary one (seed 000, "GROUP"); the others the team. */
export function scopeOf(policy: PolicyName, asked: Asked, groups: Groups): Scope {
  if (asked === WHOLE_TEAM) return { kind: 'team' };
  if (asked !== null) {
    return groups.has(asked)
      ? { kind: 'group', groupId: asked }
      : { kind: 'nowhere', outcome: 'unknown-group' };
  }
  if (policyNamed(policy).scope === 'team') return { kind: 'team' };
  const { primaryGroupId } = groups;
  return primaryGroupId === null || !groups.has(primaryGroupId)
    ? { kind: 'nowhere', outcome: 'no-primary-group' }
    : { kind: 'group', groupId: primaryGroupId };
}

/** The group of a scope; null = the team, or nowhere. */
export function groupOf(scope: Scope): GroupId | null {
  return scope.kind === 'group' ? scope.groupId : null;
}
