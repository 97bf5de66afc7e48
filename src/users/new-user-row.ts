import type { TenantSettings } from '../tenants/index.ts';
import { mergeAttributes } from './attributes.ts';
import type { User } from './user.entity.ts';
import { type CreateUser, isActionName, VERIFY_EMAIL } from './user-input.ts';

/** The account with the actions that the tenant requires of each new user. */
export function withDefaultActions(input: CreateUser, { requiredActions }: TenantSettings): CreateUser {
  const ofTenant = (requiredActions ?? []).filter(({ isEnabled, isDefault }) => isEnabled && isDefault);
  if (ofTenant.length === 0) return input;
  const aliases = ofTenant.map(({ alias }) => alias).filter(isActionName);
  return { ...input, requiredActions: [...new Set([...(input.requiredActions ?? []), ...aliases])] };
}

const earlierOf = (moment: Date, now: Date): Date => (moment > now ? now : moment);

/** The row of an account that is made now. @param attributes Those that count. */
export function newRow(
  tenantId: string,
  id: string,
  username: string,
  input: CreateUser,
  attributes: Record<string, unknown>,
  now: Date,
): User {
  const emailVerified = input.emailVerified === true && input.email != null;
  const actions = [...(input.requiredActions ?? [])];
  return {
    tenantId,
    id,
    username,
    email: input.email ?? null,
    emailVerified,
    phone: input.phone ?? null,
    phoneVerified: input.phoneVerified === true && input.phone != null,
    givenName: input.givenName ?? null,
    middleName: input.middleName ?? null,
    familyName: input.familyName ?? null,
    displayName: input.displayName ?? null,
    locale: input.locale ?? null,
    enabled: input.enabled ?? true,
    disabledReason: input.enabled === false ? 'admin' : null,
    inactiveSince: null,
    exemptUntil: null,
    stateCheckedAt: null,
    requiredFactor: null,
    lockedMethods: [],
    requiredActions: emailVerified ? actions.filter((action) => action !== VERIFY_EMAIL) : actions,
    attributes,
    profile: mergeAttributes({}, input.profile ?? {}),
    properties: {},
    externalId: input.externalId ?? null,
    webauthnHandle: null,
    serviceClientId: null,
    notBefore: input.notBefore == null ? null : earlierOf(input.notBefore, now),
    proofVersion: 0,
    lastSignInAt: null,
    createdAt: earlierOf(input.createdAt ?? now, now),
    updatedAt: now,
  };
}
