import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';
import type { Instant } from '../../domain/brands.ts';
import { Problem } from './problems.ts';

/** Who a token says its bearer is, before any project is looked at. */
export type Bearer = { readonly subject: string; readonly groups: readonly string[] };

/** Null: the token is not one of our issuer's, or not valid now. Throws `unavailable` when the issuer's keys cannot be had. */
export type VerifyToken = (token: string, now: Instant) => Promise<Bearer | null>;

const claims = z.object({
  sub: z.string().min(1),
  token_use: z.enum(['id', 'access']),
  client_id: z.string().optional(),
  'cognito:groups': z.array(z.string()).default([]),
});

/**
 * Verifies tokens of an OIDC issuer: signature, algorithm, issuer, expiry, audience. Cognito's access tokens name the
 * client in `client_id`, its id tokens in `aud`; the laptop's issuer makes the same, so that this code is the same.
 */
export function tokenVerifier(issuer: string, audience: string): VerifyToken {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), { timeoutDuration: 2_000 });
  return async (token, now) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        algorithms: ['RS256'],
        currentDate: new Date(now),
        requiredClaims: ['exp', 'sub'],
      });
      return bearerOf(payload, audience);
    } catch (error) {
      if (error instanceof errors.JOSEError && ABOUT_THE_TOKEN.has(error.code)) return null;
      throw new Problem('unavailable', 'The keys of the issuer of tokens cannot be had at this moment.');
    }
  };
}

/** All else is about the issuer's keys, and no verdict. */
const ABOUT_THE_TOKEN: ReadonlySet<string> = new Set([
  errors.JWTExpired.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTInvalid.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSNoMatchingKey.code,
]);

function bearerOf(payload: JWTPayload, audience: string): Bearer | null {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) return null;
  const { sub, token_use, client_id, 'cognito:groups': groups } = parsed.data;
  const meantFor = token_use === 'access' ? client_id : payload.aud;
  return meantFor === audience ? { subject: sub, groups } : null;
}
