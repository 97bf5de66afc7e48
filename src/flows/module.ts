import type { ServiceModule } from '../composition/index.ts';
import { qrSignInErrors } from './qr-sign-in.errors.ts';
import { signInErrors } from './sign-in.errors.ts';
import { signUpErrors } from './sign-up.errors.ts';

export const flows = {
  name: 'flows',
  errors: [qrSignInErrors, signInErrors, signUpErrors],
} satisfies ServiceModule;
