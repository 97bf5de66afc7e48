import { wipe } from './bytes.ts';
import { ProofError } from './errors.ts';
import { deriveSecret, type SecretRequest } from './secret.ts';
import type { WorkerAnswer } from './secret-worker.ts';

async function answer(request: SecretRequest): Promise<WorkerAnswer> {
  try {
    return { secret: await deriveSecret(request) };
  } catch (error) {
    return error instanceof ProofError
      ? { code: error.code, message: error.message }
      : { code: 'DERIVATION_FAILED', message: 'The secret could not be derived.' };
  }
}

addEventListener('message', async ({ data }: MessageEvent<SecretRequest>) => {
  const answered = await answer(data);
  postMessage(answered);
  if ('secret' in answered) wipe(answered.secret.x);
});
