import { IdentityError } from '../../src/kernel/index.ts';

/** The code a call was refused with; null when it was not. Anything but an error of the house is thrown on. */
export async function refusalOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof IdentityError) return error.code;
    throw error;
  }
}
