import type { ServiceModule } from '../composition/index.ts';
import { qrSignInErrors } from './qr-sign-in.errors.ts';
import { qrSignInEvents } from './qr-sign-in.events.ts';
import { signInErrors } from './sign-in.errors.ts';
import { signInEvents } from './sign-in.events.ts';
import { signUpErrors } from './sign-up.errors.ts';

export const flows = {
  name: 'flows',
  errors: [qrSignInErrors, signInErrors, signUpErrors],
  events: [qrSignInEvents, signInEvents],
} satisfies ServiceModule;
