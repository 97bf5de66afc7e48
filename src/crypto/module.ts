import { passwordErrors } from './passwords/password.errors.ts';

export const crypto = { name: 'crypto', errors: [passwordErrors] } as const;
