import { describe, expect, test } from '@jest/globals';
import type { TableEngine } from '../../local/engines/dynamodb.ts';
import { whyNotHere } from '../support/engine.ts';
import { agents } from './contract/agents.ts';
import { changes } from './contract/changes.ts';
import { chats } from './contract/chats.ts';
import { closing } from './contract/closing.ts';
import { commands } from './contract/commands.ts';
import { configuration } from './contract/configuration.ts';
import { onEngine } from './contract/fixtures.ts';
import { givingOut } from './contract/giving-out.ts';
import { groups } from './contract/groups.ts';
import { jobs } from './contract/jobs.ts';
import { lease } from './contract/lease.ts';
import { line } from './contract/line.ts';
import { marks } from './contract/marks.ts';
import { members } from './contract/members.ts';
import { messages } from './contract/messages.ts';
import { offers } from './contract/offers.ts';
import { transferQueue } from './contract/queue.ts';
import { ranks } from './contract/ranks.ts';
import { rotation } from './contract/rotation.ts';
import { starts } from './contract/starts.ts';
import { sweep } from './contract/sweep.ts';

/** What the store promises, on one engine; where that cannot run, it says why. */
export function storeContract(name: TableEngine['name']): void {
  const reason = whyNotHere(name);
  if (reason === null) describe(`the store on ${name}`, () => contract(name));
  else
    describe(`the store on ${name}: not run, ${reason}`, () =>
      test('that is known', () => expect(reason).not.toBe('')));
}

function contract(name: TableEngine['name']): void {
  onEngine(name);
  describe('agents', agents);
  describe('the rank index', ranks);
  describe('the rotation', rotation);
  describe('chats', chats);
  describe('changes', changes);
  describe('the queue for groups', transferQueue);
  describe('jobs', jobs);
  describe('offers', offers);
  describe('messages', messages);
  describe('a close', closing);
  describe('a start', starts);
  describe('giving out', givingOut);
  describe('the waiting line', line);
  describe('groups', groups);
  describe('the members of a group', members);
  describe('the mark', marks);
  describe('channels, projects and settings', configuration);
  describe('commands', commands);
  describe('the lease', lease);
  describe('the sweep', sweep);
}
