import 'reflect-metadata';
import { createPubSub } from '@graphql-yoga/subscription';
import { type GraphQLSchema, specifiedDirectives } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { AuthModesResolver, CredentialResolver } from './auth-modes/auth-modes.resolver.ts';
import { BlockResolver } from './auth-modes/block.resolver.ts';
import { PasswordResolver } from './auth-modes/password.resolver.ts';
import { SecurityQuestionResolver, UserSecurityQuestionResolver } from './auth-modes/security-question.resolver.ts';
import { TotpResolver } from './auth-modes/totp.resolver.ts';
import { UserAuthModesResolver } from './auth-modes/user-auth-modes.resolver.ts';
import { ClientResolver } from './clients/client.resolver.ts';
import { LinkedAppResolver, UserLinkedAppsResolver } from './clients/linked-app.resolver.ts';
import { ConsentResolver, UserConsentsResolver } from './consents/consent.resolver.ts';
import { DeviceResolver, SessionDeviceResolver, UserDevicesResolver } from './devices/device.resolver.ts';
import { callDirectly, readPropertiesDirectly } from './direct-resolvers.ts';
import { enforceScopes } from './directives/enforce.ts';
import { defineErrorsDirective } from './directives/errors.ts';
import { keyDirective, shareableDirective, stateKeys, stateShared } from './directives/key.ts';
import { requiresScopesDirective } from './directives/requires-scopes.ts';
import { refuseUnstorableInput } from './directives/storable-input.ts';
import { ErrorCodeResolver } from './errors/error-code.type.ts';
import { SecurityEventResolver } from './events/security-event.resolver.ts';
import { FederationLinkResolver, UserLinksResolver } from './federation/link.resolver.ts';
import { AccountLinkingResolver } from './federation/linking.resolver.ts';
import { FederationProviderResolver } from './federation/provider.resolver.ts';
import { GroupResolver } from './groups/group.resolver.ts';
import { GroupMemberResolver, UserGroupsResolver } from './groups/group-member.resolver.ts';
import { NodeResolver } from './kit/node.ts';
import { SigningKeyResolver } from './oauth/signing-key.resolver.ts';
import { TokenResolver } from './oauth/token.resolver.ts';
import { RightPartyResolver, RightResolver, UserRightsResolver } from './rights/right.resolver.ts';
import { RiskbitResolver } from './risk/riskbit.resolver.ts';
import { ClientRolesResolver, GroupRolesResolver, RoleResolver, UserRolesResolver } from './roles/role.resolver.ts';
import { RoleGrantResolver } from './roles/role-grant.resolver.ts';
import { QrSignInResolver } from './sessions/qr-sign-in.resolver.ts';
import { SessionResolver, UserSessionsResolver } from './sessions/session.resolver.ts';
import { TenantResolver } from './tenants/tenant.resolver.ts';
import { SignUpResolver } from './users/sign-up.resolver.ts';
import { UserResolver } from './users/user.resolver.ts';
import { UserPropertiesResolver } from './users/user-properties.resolver.ts';
import { ViewerResolver } from './users/viewer.resolver.ts';

/** Every resolver class of the graph. */
const RESOLVERS: NonEmptyArray<new () => object> = [
  NodeResolver,
  ErrorCodeResolver,
  SecurityEventResolver,
  TenantResolver,
  ClientResolver,
  LinkedAppResolver,
  UserLinkedAppsResolver,
  RoleResolver,
  RoleGrantResolver,
  UserRolesResolver,
  GroupRolesResolver,
  ClientRolesResolver,
  GroupResolver,
  GroupMemberResolver,
  UserGroupsResolver,
  ViewerResolver,
  UserResolver,
  UserPropertiesResolver,
  SignUpResolver,
  SessionResolver,
  UserSessionsResolver,
  DeviceResolver,
  UserDevicesResolver,
  SessionDeviceResolver,
  ConsentResolver,
  UserConsentsResolver,
  TokenResolver,
  SigningKeyResolver,
  FederationProviderResolver,
  FederationLinkResolver,
  UserLinksResolver,
  AccountLinkingResolver,
  RightResolver,
  RightPartyResolver,
  UserRightsResolver,
  QrSignInResolver,
  RiskbitResolver,
  AuthModesResolver,
  PasswordResolver,
  CredentialResolver,
  BlockResolver,
  UserAuthModesResolver,
  TotpResolver,
  SecurityQuestionResolver,
  UserSecurityQuestionResolver,
];

/** The schema with its directives declared but not enforced, for the SDL. */
export async function buildPlainSchema(): Promise<GraphQLSchema> {
  readPropertiesDirectly();
  const schema = await buildSchema({
    resolvers: RESOLVERS as unknown as NonEmptyArray<() => void>,
    validate: false,
    // type-graphql requires it for subscriptions; these read the event log and publish nothing through it.
    pubSub: createPubSub(),
    // With an explicit list the library omits the directives of the specification: `@include`, `@skip`, `@deprecated` ...
    directives: [...specifiedDirectives, keyDirective, requiresScopesDirective, shareableDirective],
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
  });
  return callDirectly(stateShared(stateKeys(defineErrorsDirective(schema))), RESOLVERS);
}

/** The schema that is served, with its directives enforced. Built once per process. */
export async function buildGraph(): Promise<GraphQLSchema> {
  // Check inputs after the directives, so that callers who may not use a field learn nothing about its arguments.
  return enforceScopes(refuseUnstorableInput(await buildPlainSchema()));
}
