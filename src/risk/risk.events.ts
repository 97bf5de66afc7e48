import { defineEvents } from '../events/index.ts';

export const riskEvents = defineEvents({
  'riskbit.created': { category: 'risk', ends: 'nothing', description: 'A riskbit was created.' },
  'riskbit.updated': { category: 'risk', ends: 'nothing', description: 'A riskbit was changed.' },
  'riskbit.deleted': { category: 'risk', ends: 'nothing', description: 'A riskbit was deleted.' },
  'device_risk.assessed': { category: 'risk', ends: 'nothing', description: 'The risk of a device was assessed.' },
});
