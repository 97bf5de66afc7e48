/**
 * Tenants and their settings: their names, routes and hosts, and the rules each has chosen. May import `kernel/`,
 * `crypto/`, `persistence/`, `events/` and `access/`.
 */
export type { AttributeDefinition, AttributeValidator } from './attribute-definitions.ts';
export type { ExtraSettingsChange } from './extra-settings.ts';
export type { MailServerChange } from './mail-server.ts';
export { type OwnTexts, withoutText, withText, withTexts } from './own-texts.ts';
export { type Refusal, refusalBy, refusalOfCount } from './profile-validations.ts';
export {
  type NewRequiredAction,
  type RequiredAction,
  type RequiredActionUpdate,
  withAction,
  withMoved,
  withoutAction,
  withUpdate,
} from './required-actions.ts';
export { RESERVED_TENANT_NAMES } from './reserved-names.ts';
export {
  TEMPLATE_SETTINGS,
  type TenantSettings,
  type TenantSettingsPatch,
  type TenantTemplate,
} from './settings.ts';
export { isHostOf, type KnownTenant, TenantDirectory } from './tenant.directory.ts';
export type { Tenant } from './tenant.entity.ts';
export { tenantErrors } from './tenant.errors.ts';
export {
  type ConfigureTenant,
  type CreateTenant,
  type EventList,
  MASTER_TENANT,
  type SettingsListener,
  type TenantSeed,
  TenantService,
  type TenantSettingsChange,
  type UpdateTenant,
} from './tenant.service.ts';
export { type TenantFilter, type TenantKeys, type TenantName, TenantStore } from './tenant.store.ts';
export { checkedProfile, type ProfileAttribute, type ProfileRole, type UserProfile } from './user-profile.ts';
