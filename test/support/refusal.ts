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

/** The error that a call is refused with, whether it throws or rejects; null when it is not. Other errors are thrown on. */
async function catchRefusal(work: () => unknown): Promise<IdentityError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof IdentityError) return error;
    throw error;
  }
}

/** What a call is refused with: the code, then path and code of each field. Null when it is not refused. */
export async function faultsOf(work: () => unknown): Promise<string[] | null> {
  const refusal = await catchRefusal(work);
  if (refusal === null) return null;
  return [refusal.code, ...(refusal.fields ?? []).map(({ path, code }) => `${path} ${code}`)];
}
