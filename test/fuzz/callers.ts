import type { Instant } from '../../domain/brands.ts';
import { tokenVerifier, type VerifyToken } from '../../functions/edge/tokens.ts';
import { listenOnLoopback } from '../../local/gateway/listen.ts';
import { AUDIENCE, openIssuer } from '../../local/issuer.ts';
import { openDataFolder } from '../../local/storage/data-folder.ts';
import type { Present } from '../http/any-request.ts';

/** Who sends requests: those who may, and those who only try to. */
export const PRESENT: Present = {
  callers: {
    widget: ['widget'],
    visitor: ['visitor'],
    agent: ['ada', 'ben'],
    bot: ['bot'],
    operator: ['operator'],
    owner: ['owner'],
  },
  others: [
    'nobody',
    'visitor of another chat',
    'visitor with another secret',
    'visitor with half a token',
    'operator elsewhere',
    'agent elsewhere',
    'bot elsewhere',
    'agent who is not there',
    'no group',
    'groups that are none',
    'owner of something',
    'operator of long ago',
    'owner of another issuer',
    'owner signed by another key',
    'owner unsigned',
    'owner cut short',
    'no token at all',
    'a widget with another key',
  ],
  chats: ['waiting', 'offered', 'open', 'held', 'bot', 'closed', 'queued', 'elsewhere', 'ghost'],
};

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ada: ['agent:acme:ada'],
  ben: ['agent:acme:ben'],
  bot: ['bot:acme'],
  operator: ['operator:acme'],
  owner: ['owner'],
  'operator elsewhere': ['operator:elsewhere'],
  'agent elsewhere': ['agent:elsewhere:ada'],
  'bot elsewhere': ['bot:elsewhere'],
  'agent who is not there': ['agent:acme:zoe'],
  'no group': [''],
  'groups that are none': ['operator:acme:ada:x'],
  'owner of something': ['owner:acme'],
};

export type Callers = Awaited<ReturnType<typeof openCallers>>;

/** The issuer of the tokens, the forger of others, and the place where the keys are read. They outlive many worlds. */
export async function openCallers(now: Instant) {
  const clock = { now: () => now, moveTo: () => {}, keep: () => {} };
  let longAgo = 0;
  const past = { ...clock, now: () => (now - longAgo) as Instant };
  const [issuer, forger] = [
    await openIssuer(openDataFolder('memory'), past),
    await openIssuer(openDataFolder('memory'), clock),
  ];
  const keys = await listenOnLoopback(0, async (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(issuer.jwks));
  });
  const url = `http://127.0.0.1:${keys.port}`;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const headers = new Map<string, Readonly<Record<string, string>>>();
  for (const [name, [group = '']] of Object.entries(GROUPS)) {
    headers.set(name, bearer(await issuer.sign({ sub: name, group }, url)));
  }
  const owner = { sub: 'owner', group: 'owner' };
  const real = await issuer.sign(owner, url);
  headers.set('owner of another issuer', bearer(await issuer.sign(owner, 'https://issuer.example')));
  headers.set('owner signed by another key', bearer(await forger.sign(owner, url)));
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  headers.set('owner unsigned', bearer(`${none}.${real.split('.')[1]}.`));
  headers.set('owner cut short', bearer(real.slice(0, -20)));
  headers.set('no token at all', bearer('a.b.c'));
  headers.set('a widget with another key', { 'x-usher-key': 'pk_elsewhere_or_not' });
  headers.set('widget', { 'x-usher-key': 'pk_acme' });
  longAgo = 500 * 86_400_000;
  headers.set(
    'operator of long ago',
    bearer(await issuer.sign({ sub: 'operator', group: 'operator:acme' }, url)),
  );
  // Verified once each: they are few, and it takes longer than all the rest of a request.
  const verify = tokenVerifier(url, AUDIENCE);
  const verified = new Map<string, ReturnType<VerifyToken>>();
  const verifyToken: VerifyToken = (token, at) => {
    const bearer = verified.get(token) ?? verify(token, at);
    verified.set(token, bearer);
    return bearer;
  };
  return { headers, verifyToken, close: keys.close };
}
