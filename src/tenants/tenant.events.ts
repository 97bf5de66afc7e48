import { defineEvents } from '../events/index.ts';

export const tenantEvents = defineEvents({
  'tenant.created': { category: 'tenant', ends: 'nothing', description: 'A tenant was created.' },
  'tenant.updated': { category: 'tenant', ends: 'tenant', description: 'A tenant was changed.' },
  'tenant.deleted': { category: 'tenant', ends: 'tenant', description: 'A tenant was deleted.' },
  'tenant.host_bound': { category: 'tenant', ends: 'nothing', description: 'A host was bound to a tenant.' },
  'tenant.host_unbound': {
    category: 'tenant',
    ends: 'tenant',
    description: 'A host was taken from a tenant; tokens of its issuers are no longer accepted.',
  },
  'setting.changed': { category: 'tenant', ends: 'tenant', description: 'A setting of a tenant was changed.' },
});
