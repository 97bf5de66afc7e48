import type { ServiceModule } from '../../composition/index.ts';
import { linkAccountErrors } from './link-account.errors.ts';

export const linkAccount = {
  name: 'linkAccount',
  errors: [linkAccountErrors],
} satisfies ServiceModule;
