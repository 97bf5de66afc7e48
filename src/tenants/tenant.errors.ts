import { defineErrors } from '../kernel/index.ts';

export const tenantErrors = defineErrors({
  TENANT_NAME_TAKEN: { kind: 'conflict', message: 'A tenant with this name exists.' },
  TENANT_NAME_RESERVED: { kind: 'invalid', message: 'This name is reserved.' },
  TENANT_NAME_INVALID: {
    kind: 'invalid',
    message: 'A tenant name has 2 to 63 letters, digits, "-" or "_" and begins with a letter or digit.',
  },
  TENANT_PROTECTED: { kind: 'refused', message: 'The tenant "master" cannot be deleted or disabled.' },
  TENANT_DISABLED: { kind: 'forbidden', message: 'The tenant is disabled.' },
  TENANT_REQUIRED: { kind: 'invalid', message: 'Name the tenant.' },
  TENANT_AMBIGUOUS: { kind: 'invalid', message: 'The request names two different tenants.' },
  TENANT_HOST_INVALID: { kind: 'invalid', message: 'This is no host name that can be bound to a tenant.' },
  TENANT_HOST_TAKEN: { kind: 'conflict', message: 'The host is bound to another tenant, or is that of PUBLIC_URL.' },
  TENANT_HOST_LIMIT: { kind: 'refused', message: 'The tenant has as many hosts as it may have.' },
  TENANT_SETTING_NOT_FOUND: { kind: 'not-found', message: 'There is no such setting.' },
  TENANT_TEXT_NOT_FOUND: { kind: 'not-found', message: 'The tenant has no such text.' },
  USER_PROFILE_INVALID: { kind: 'invalid', message: 'The profile of users is not valid.' },
  REQUIRED_ACTION_NOT_FOUND: { kind: 'not-found', message: 'No action of this alias can be required of users.' },
  REQUIRED_ACTION_TAKEN: { kind: 'conflict', message: 'An action with this alias exists.' },
  TENANT_SETTING_INVALID: { kind: 'invalid', message: 'A setting is not valid.' },
});
