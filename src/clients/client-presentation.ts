import type { KnownTenant, TenantSettings } from '../tenants/index.ts';
import type { ClientRecord } from './client.directory.ts';
import type { ClientMetadata } from './metadata/index.ts';

/** What everybody may know of a tenant, to sign in to it. */
export interface TenantPresentation
  extends Pick<
    TenantSettings,
    'registration' | 'emailIsUsername' | 'isSecondFactorOnly' | 'isPasskeyEnabled' | 'imageProof'
  > {
  readonly name: string;
  readonly displayName: string | null;
}

/** What everybody may know of a client, to sign in to it. */
export interface ClientPresentation
  extends Pick<
    ClientMetadata,
    | 'logoUri'
    | 'clientUri'
    | 'policyUri'
    | 'tosUri'
    | 'userAgreementUri'
    | 'logoutUri'
    | 'organizationName'
    | 'isRegistrationEnabled'
  > {
  readonly clientId: string;
  readonly name: string | null;
  readonly canRequestProfile: boolean;
  readonly tenant: TenantPresentation;
}

/** What a client shows to people who are about to sign in to it; null for one that they cannot sign in to. */
export function presentClient(
  record: ClientRecord | null,
  { name, displayName, settings }: Pick<KnownTenant, 'name' | 'displayName' | 'settings'>,
): ClientPresentation | null {
  if (record === null || !record.isUsable || record.client.kind !== 'regular') return null;
  const { client, metadata, allowedScopes } = record;
  const { logoUri, clientUri, policyUri, tosUri, userAgreementUri, logoutUri, organizationName } = metadata;
  const { registration, emailIsUsername, isSecondFactorOnly, isPasskeyEnabled, imageProof } = settings;
  return {
    clientId: client.clientId,
    name: client.name ?? null,
    logoUri,
    clientUri,
    policyUri,
    tosUri,
    userAgreementUri,
    logoutUri,
    organizationName,
    isRegistrationEnabled: metadata.isRegistrationEnabled,
    canRequestProfile: allowedScopes.has('profile'),
    tenant: { name, displayName, registration, emailIsUsername, isSecondFactorOnly, isPasskeyEnabled, imageProof },
  };
}
