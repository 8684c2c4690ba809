import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import type { Instant } from '../../domain/brands.ts';
import { tokenVerifier, type VerifyToken } from '../../functions/edge/tokens.ts';

/** Which tokens are believed. The issuer is a server of this test. */

const AUDIENCE = 'usher';
const NOW = Date.UTC(2026, 2, 2, 16) as Instant;
const SECONDS = NOW / 1_000;

const own = await generateKeyPair('RS256', { extractable: true });
const foreign = await generateKeyPair('RS256', { extractable: true });
const elliptic = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', use: 'sig' };

let server: Server;
let issuer: string;
let verify: VerifyToken;
beforeAll(async () => {
  server = createServer((_, response) => response.end(JSON.stringify({ keys: [jwk] }))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  verify = tokenVerifier(issuer, AUDIENCE);
});
afterAll(() => void server.close());

type Given = {
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly header?: Partial<JWTHeaderParameters>;
  readonly key?: Parameters<SignJWT['sign']>[0];
};

/** An id token of Ada's that is fine, but for what is given. */
function sign({ payload = {}, header = {}, key = own.privateKey }: Given = {}): Promise<string> {
  const fine = {
    iss: issuer,
    aud: AUDIENCE,
    sub: 'ada',
    token_use: 'id',
    'cognito:groups': ['agent:acme:ada'],
    iat: SECONDS - 60,
    exp: SECONDS + 60,
  };
  const all = Object.entries({ ...fine, ...payload }).filter(([, value]) => value !== undefined);
  return new SignJWT(Object.fromEntries(all))
    .setProtectedHeader({ alg: 'RS256', kid: 'own', ...header })
    .sign(key);
}

const ADA = { subject: 'ada', groups: ['agent:acme:ada'] };

describe('a token is believed', () => {
  test.each<[string, Given]>([
    ['an id token for us', {}],
    [
      'an access token of our client',
      { payload: { token_use: 'access', aud: undefined, client_id: AUDIENCE } },
    ],
  ])('%s', async (_, given) => {
    expect(await verify(await sign(given), NOW)).toEqual(ADA);
  });

  test('without groups it gives none', async () => {
    const token = await sign({ payload: { 'cognito:groups': undefined } });
    expect(await verify(token, NOW)).toEqual({ subject: 'ada', groups: [] });
  });
});

describe('a token is not believed', () => {
  test.each<[string, Given]>([
    ['signed with another key', { key: foreign.privateKey }],
    ['signed with another algorithm', { key: elliptic.privateKey, header: { alg: 'ES256' } }],
    ['of a key that the issuer does not have', { header: { kid: 'other' }, key: foreign.privateKey }],
    ['of another issuer', { payload: { iss: 'https://elsewhere.example' } }],
    ['without an issuer', { payload: { iss: undefined } }],
    ['for somebody else', { payload: { aud: 'another' } }],
    ['for nobody', { payload: { aud: undefined } }],
    ['an access token of another client', { payload: { token_use: 'access', client_id: 'another' } }],
    ['an access token that is for us only as an id token', { payload: { token_use: 'access' } }],
    ['for another use', { payload: { token_use: 'refresh' } }],
    ['for no use', { payload: { token_use: undefined } }],
    ['that has expired', { payload: { exp: SECONDS - 1 } }],
    ['that expires in this second', { payload: { exp: SECONDS } }],
    ['that never expires', { payload: { exp: undefined } }],
    ['that is not valid yet', { payload: { nbf: SECONDS + 60 } }],
    ['of nobody', { payload: { sub: undefined } }],
    ['of somebody without a name', { payload: { sub: '' } }],
    ['whose groups are no list', { payload: { 'cognito:groups': 'owner' } }],
  ])('%s', async (_, given) => {
    expect(await verify(await sign(given), NOW)).toBeNull();
  });

  test('that is not signed, or signed with the public key as a secret', async () => {
    const [, payload = ''] = (await sign()).split('.');
    const header = (alg: string) => Buffer.from(JSON.stringify({ alg, kid: 'own' })).toString('base64url');
    const secret = JSON.stringify(jwk);
    const input = `${header('HS256')}.${payload}`;
    const mac = createHmac('sha256', secret).update(input).digest('base64url');
    for (const token of [`${header('none')}.${payload}.`, `${input}.${mac}`, 'x', '', 'a.b.c'])
      expect(await verify(token, NOW)).toBeNull();
  });

  test('that was changed by one letter', async () => {
    const token = await sign();
    const [head = '', payload = '', signature = ''] = token.split('.');
    const owner = JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'eve' });
    const forged = [head, Buffer.from(owner).toString('base64url'), signature].join('.');
    expect(await verify(forged, NOW)).toBeNull();
  });
});

describe('keys that cannot be had are no verdict about the token', () => {
  test.each(['nobody listens', 'the issuer fails', 'the issuer says something else'])('%s', async how => {
    const failing = createServer((_, response) => {
      if (how === 'the issuer fails') response.statusCode = 500;
      response.end('{}');
    });
    let at = 'http://127.0.0.1:9';
    if (how !== 'nobody listens') {
      failing.listen(0, '127.0.0.1');
      await once(failing, 'listening');
      at = `http://127.0.0.1:${(failing.address() as AddressInfo).port}`;
    }
    const there = tokenVerifier(at, AUDIENCE);
    await expect(there(await sign({ payload: { iss: at } }), NOW)).rejects.toMatchObject({
      code: 'unavailable',
    });
    failing.close();
  });
});
