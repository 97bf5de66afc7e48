import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { ImpersonationResolver } from './impersonation.resolver.ts';
import { QrSignInResolver } from './qr-sign-in.resolver.ts';
import { SessionResolver, UserSessionsResolver } from './session.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    ses: 'Session';
  }
}

export const sessions: SchemaModule = {
  resolvers: [SessionResolver, UserSessionsResolver, QrSignInResolver, ImpersonationResolver],
  nodes: [
    defineNode(
      'ses',
      'Session',
      ({ services }, tenantId, key) => services.sessions.findIn(tenantId, key),
      (key, { sessionId, userId }) => (key === sessionId ? userId : null),
    ),
  ],
};
