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
  TENANT_SETTING_INVALID: { kind: 'invalid', message: 'A setting is not valid.' },
});
