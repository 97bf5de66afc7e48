import { defineErrors } from '../kernel/index.ts';

/** Errors of the rules that prevent privilege escalation (docs/tenancy.md, rules 2 and 7). */
export const grantErrors = defineErrors({
  PERMISSION_UNKNOWN: { kind: 'invalid', message: 'There is no such permission.' },
  PERMISSION_ESCALATION: {
    kind: 'forbidden',
    message: 'Callers can only grant permissions that they hold themselves.',
  },
  PERMISSION_MASTER_ONLY: {
    kind: 'refused',
    message: 'Only users and clients of the tenant "master" hold permissions that reach every tenant.',
  },
  ACCOUNT_GUARDED: {
    kind: 'forbidden',
    message: 'This has permissions beyond its tenant; only callers with permissions in all tenants may change it.',
  },
  ADMINISTRATOR_LAST: { kind: 'refused', message: 'The last administrator cannot be removed or disabled.' },
});
