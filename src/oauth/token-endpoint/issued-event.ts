import type { EventDraft } from '../../events/index.ts';
import type { Family } from '../grants/grant.entity.ts';
import type { OfferedGrantName } from '../issuers/issuers.ts';
import { oauthEvents } from '../oauth.events.ts';
import type { MadeToken } from '../tokens/access-token.ts';
import type { GrantRequest } from './grant.ts';

/** Makes the event of an issued token. It contains the id of the token, never the token. */
export function tokenIssued({ issuer }: GrantRequest, grantType: OfferedGrantName, { claims }: MadeToken): EventDraft {
  return {
    type: oauthEvents['token.issued'],
    ...(claims.knd === 'user' ? { subjectId: claims.sub, sessionId: claims.sid ?? null } : {}),
    params: {
      grantType,
      issuerKind: issuer.kind.kind,
      scope: claims.scope,
      tokenId: claims.jti,
      ...(claims.gid === undefined ? {} : { grantId: claims.gid }),
    },
  };
}

/** Makes the event of an ID token that is issued alone: it tells the family. */
export const familyIssued = (
  { issuer }: GrantRequest,
  {
    grantType,
    grant,
    scopes,
  }: { readonly grantType: OfferedGrantName; readonly grant: Family; readonly scopes: readonly string[] },
): EventDraft => ({
  type: oauthEvents['token.issued'],
  subjectId: grant.userId,
  sessionId: grant.sessionId ?? null,
  params: { grantType, issuerKind: issuer.kind.kind, scope: scopes.join(' '), grantId: grant.id },
});
