import type { EventDraft } from '../../events/index.ts';
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
