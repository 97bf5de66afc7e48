import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { AuthModesResolver, CredentialResolver } from './auth-modes.resolver.ts';
import { BlockResolver, partsOf } from './block.resolver.ts';
import { CredentialChangeResolver } from './credential.resolver.ts';
import { PasskeyResolver } from './passkey.resolver.ts';
import { PasswordResolver } from './password.resolver.ts';
import { RecoveryCodeResolver } from './recovery-code.resolver.ts';
import { SecurityQuestionResolver, UserSecurityQuestionResolver } from './security-question.resolver.ts';
import { TotpResolver } from './totp.resolver.ts';
import { UserAuthModesResolver } from './user-auth-modes.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    crd: 'Credential';
    blk: 'Lockout';
  }
}

export const authModes: SchemaModule = {
  resolvers: [
    AuthModesResolver,
    PasskeyResolver,
    PasswordResolver,
    CredentialResolver,
    CredentialChangeResolver,
    BlockResolver,
    UserAuthModesResolver,
    TotpResolver,
    RecoveryCodeResolver,
    SecurityQuestionResolver,
    UserSecurityQuestionResolver,
  ],
  nodes: [
    defineNode('crd', 'Credential', ({ services }, tenantId, key) =>
      services.authModes.findCredentialIn(tenantId, key),
    ),
    defineNode('blk', 'Lockout', ({ services }, tenantId, key) => services.lockouts.find(tenantId, ...partsOf(key))),
  ],
};
