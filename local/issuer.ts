import { createPublicKey } from 'node:crypto';
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type JWK, SignJWT } from 'jose';
import * as z from 'zod';
import type { DataFolder } from './storage/data-folder.ts';
import { jsonFile } from './storage/json-file.ts';
import type { Clock } from './time/clock.ts';

export const AUDIENCE = 'usher-local';
const ALGORITHM = 'RS256';
const KEY_ID = 'local';

/** Longer than anybody moves the clock in one session: a token outlives "thirty days later" many times. */
const VALID_DAYS = 400;

export type Subject = { readonly sub: string; readonly group: string };

/** Stands in for the user pool: signs the same claims, with a key of its own that is kept with the data. */
export type Issuer = {
  readonly jwks: { readonly keys: readonly JWK[] };
  readonly sign: (subject: Subject, url: string) => Promise<string>;
};

export async function openIssuer(folder: DataFolder, clock: Clock): Promise<Issuer> {
  const file = jsonFile(folder.within('issuer-key.json'), z.object({ pkcs8: z.string() }));
  const kept = file.read() ?? { pkcs8: await newKey() };
  file.write(kept);
  const privateKey = await importPKCS8(kept.pkcs8, ALGORITHM);
  const publicJwk = await exportJWK(createPublicKey(kept.pkcs8));
  return {
    jwks: { keys: [{ ...publicJwk, kid: KEY_ID, alg: ALGORITHM, use: 'sig' }] },
    sign({ sub, group }, url) {
      const nowSeconds = Math.floor(clock.now() / 1_000);
      return new SignJWT({ token_use: 'id', 'cognito:groups': [group] })
        .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
        .setIssuer(url)
        .setAudience(AUDIENCE)
        .setSubject(sub)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + VALID_DAYS * 86_400)
        .sign(privateKey);
    },
  };
}

async function newKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return exportPKCS8(privateKey);
}
