import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { AccountPageResolver } from './account-page.resolver.ts';
import { AuthorizationResolver } from './authorization.resolver.ts';
import { ClientCallbackResolver } from './client-callback.resolver.ts';
import { ClientSessionsResolver } from './client-sessions.resolver.ts';
import { ExternalFactorResolver } from './external-factor.resolver.ts';
import { ImageProofResolver } from './image-proof.resolver.ts';
import { MailedLinkResolver } from './mailed-link.resolver.ts';
import { OfflineAccessResolver } from './offline-access.resolver.ts';
import { OwnImageResolver } from './own-image.resolver.ts';
import { PostedRequestResolver } from './posted-request.resolver.ts';
import { RegistrationResolver } from './registration.resolver.ts';
import { SessionWatchResolver } from './session-watch.resolver.ts';
import { SignOutResolver } from './sign-out.resolver.ts';
import { SignedPresentationResolver } from './signed-presentation.resolver.ts';
import { SigningKeyResolver } from './signing-key.resolver.ts';
import { TicketSignInResolver } from './ticket-sign-in.resolver.ts';
import { TokenResolver } from './token.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    key: 'SigningKey';
  }
}

export const oauth: SchemaModule = {
  resolvers: [
    TokenResolver,
    AuthorizationResolver,
    AccountPageResolver,
    ExternalFactorResolver,
    MailedLinkResolver,
    PostedRequestResolver,
    SessionWatchResolver,
    ClientCallbackResolver,
    SignOutResolver,
    SignedPresentationResolver,
    SigningKeyResolver,
    OfflineAccessResolver,
    RegistrationResolver,
    ClientSessionsResolver,
    ImageProofResolver,
    TicketSignInResolver,
    OwnImageResolver,
  ],
  nodes: [defineNode('key', 'SigningKey', ({ services }, tenantId, kid) => services.oauth.keys.find(tenantId, kid))],
};
