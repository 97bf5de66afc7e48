/** Slow, bounded password hashing. Policy (length, known passwords, history) belongs to the password mode, not here. */
export { passwordErrors } from './password.errors.ts';
export {
  type PasswordCost,
  PasswordHasher,
  type PasswordHasherOptions,
  type PasswordHashing,
  type PasswordVerdict,
} from './password-hasher.ts';
