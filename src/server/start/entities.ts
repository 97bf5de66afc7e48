import { CredentialEntity, CredentialOrdinalEntity, LockoutEntity } from '../../auth-modes/credential.entity.ts';
import { SecurityQuestionEntity } from '../../auth-modes/security-question/security-question.entity.ts';
import {
  ClientEntity,
  ClientScopeEntity,
  ClientScopeLinkEntity,
  ClientSecretEntity,
  ClientWebOriginEntity,
} from '../../clients/client.entity.ts';
import { ConsentEntity } from '../../consents/consent.entity.ts';
import {
  FederationLinkEntity,
  FederationProviderEntity,
  FederationTokenEntity,
} from '../../federation/federation.entity.ts';
import {
  AccessTokenEntity,
  GrantEntity,
  RefreshTokenEntity,
  RevokedTokenEntity,
} from '../../oauth/grants/grant.entity.ts';
import { SigningKeyEntity } from '../../oauth/keys/signing-key.entity.ts';
import type { EntityList } from '../../persistence/index.ts';
import { RightEntity } from '../../rights/right.entity.ts';
import { RiskbitEntity } from '../../risk/riskbit.entity.ts';
import { GroupAttributeKeyEntity, GroupEntity, GroupMemberEntity } from '../../roles/groups/group.entity.ts';
import { RoleCompositeEntity, RoleEntity, RoleGrantEntity } from '../../roles/role.entity.ts';
import { OneTimeCodeEntity } from '../../sessions/codes/one-time-code.entity.ts';
import { DeviceEntity, SessionEntity } from '../../sessions/session.entity.ts';
import { TenantEntity, TenantHostEntity } from '../../tenants/tenant.entity.ts';
import { UserAttributeKeyEntity, UserEntity, UserIdentifierEntity } from '../../users/user.entity.ts';

/** Every table that the ORM knows; the event log and the leases are plain SQL (persistence/sql-only.ts). */
export const ENTITIES: EntityList = [
  TenantEntity,
  TenantHostEntity,
  UserEntity,
  UserIdentifierEntity,
  UserAttributeKeyEntity,
  CredentialEntity,
  CredentialOrdinalEntity,
  LockoutEntity,
  SecurityQuestionEntity,
  RoleEntity,
  RoleCompositeEntity,
  RoleGrantEntity,
  GroupEntity,
  GroupMemberEntity,
  GroupAttributeKeyEntity,
  ClientEntity,
  ClientSecretEntity,
  ClientScopeEntity,
  ClientScopeLinkEntity,
  ClientWebOriginEntity,
  SessionEntity,
  DeviceEntity,
  OneTimeCodeEntity,
  ConsentEntity,
  GrantEntity,
  RefreshTokenEntity,
  AccessTokenEntity,
  RevokedTokenEntity,
  SigningKeyEntity,
  FederationProviderEntity,
  FederationLinkEntity,
  FederationTokenEntity,
  RiskbitEntity,
  RightEntity,
];
