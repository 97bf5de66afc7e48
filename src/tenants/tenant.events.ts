import { defineEvents } from '../events/index.ts';

export const tenantEvents = defineEvents({
  'tenant.created': { category: 'tenant', ends: 'nothing', description: 'A tenant was created.' },
  'tenant.updated': { category: 'tenant', ends: 'tenant', description: 'A tenant was changed.' },
  'tenant.deleted': { category: 'tenant', ends: 'tenant', description: 'A tenant was deleted.' },
  'setting.changed': { category: 'tenant', ends: 'tenant', description: 'A setting of a tenant was changed.' },
});
