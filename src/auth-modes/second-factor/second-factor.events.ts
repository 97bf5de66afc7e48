import { defineEvents } from '../../events/index.ts';

export const secondFactorEvents = defineEvents({
  'sign_in.factor_failed': { category: 'sign-in', ends: 'nothing', description: 'A second factor was refused.' },
});
