/** Slow, bounded password hashing. Policy (length, known passwords, history) belongs to the password mode, not here. */
export { type ForeignHashParts, type PasswordHashing, writeForeignHash } from './foreign-hash.ts';
export { passwordErrors } from './password.errors.ts';
export {
  type PasswordCost,
  PasswordHasher,
  type PasswordHasherOptions,
  type PasswordVerdict,
} from './password-hasher.ts';
