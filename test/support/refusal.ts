import { IdentityError } from '../../src/kernel/index.ts';

/** The error code with which a call was refused; null when it succeeded. Throws every error that is not an `IdentityError`. */
export async function refusalOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof IdentityError) return error.code;
    throw error;
  }
}
