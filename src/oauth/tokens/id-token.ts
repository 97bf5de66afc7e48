import type { ClientRecord } from '../../clients/index.ts';
import type { Signer } from '../../crypto/index.ts';
import { epochSeconds, newId } from '../../kernel/index.ts';
import type { FamilySession } from '../grants/rotation.store.ts';
import type { Issuer } from '../issuers/issuers.ts';

/** What an ID token is made from. It has no profile claims; those are at userinfo (OpenID Connect Core section 5.4). */
export interface IdTokenSubject {
  readonly issuer: Issuer;
  readonly client: ClientRecord;
  readonly userId: string;
  readonly session: FamilySession | null;
  readonly lifetimeSeconds: number;
  readonly now: Date;
}

/** Makes an ID token (OpenID Connect Core section 2). Its `typ` prevents its use as an access token. */
export function makeIdToken(subject: IdTokenSubject, signer: Signer): Promise<string> {
  const { issuer, client, userId, session, lifetimeSeconds, now } = subject;
  const iat = epochSeconds(now);
  const { clientId } = client.client;
  const claims = {
    iss: issuer.url,
    sub: userId,
    aud: issuer.kind.audienceIsList ? [clientId] : clientId,
    exp: iat + lifetimeSeconds,
    iat,
    jti: newId(),
    ...(session === null ? {} : sessionClaims(session)),
  };
  return signer.sign(claims, { typ: 'JWT' });
}

function sessionClaims(session: FamilySession): object {
  return {
    sid: session.id,
    auth_time: epochSeconds(session.authTime),
    amr: session.amr ?? [],
    ...(session.acr == null ? {} : { acr: session.acr }),
  };
}
