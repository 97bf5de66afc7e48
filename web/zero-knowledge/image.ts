import { sha512 } from '@noble/hashes/sha2.js';
import { lengthPrefix, lengthPrefixed } from './bytes.ts';
import { ProofError } from './errors.ts';
import { PROOF_VERSION } from './transcript.ts';

/** The largest image, in bytes: 20 MiB. */
export const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

/**
 * Checks an image before anything of it is read.
 * @throws IMAGE_EMPTY It has no bytes.
 * @throws IMAGE_TOO_LARGE It has more than `MAX_IMAGE_BYTES`.
 * @throws IMAGE_UNREADABLE It is not a file.
 */
export function assertImage(image: Blob): void {
  if (!(image instanceof Blob)) throw new ProofError('IMAGE_UNREADABLE', 'The image is not a file.');
  if (image.size === 0) throw new ProofError('IMAGE_EMPTY', 'The image is empty.');
  if (image.size > MAX_IMAGE_BYTES) throw new ProofError('IMAGE_TOO_LARGE', 'The image has more than 20 MiB.');
}

/**
 * SHA-512 over the bytes of the file as it was chosen. Nothing of the picture is decoded, because browsers decode differently. The file is read
 * piece by piece, so that it is never in memory as a whole.
 * @throws IMAGE_EMPTY, IMAGE_TOO_LARGE As above.
 * @throws IMAGE_UNREADABLE It is not a file, cannot be read, or was changed after it was chosen.
 */
export async function hashImage(image: Blob): Promise<Uint8Array> {
  assertImage(image);
  const hash = sha512
    .create()
    .update(lengthPrefixed(`${PROOF_VERSION}/image`))
    .update(lengthPrefix(image.size));
  const read = await readPieces(image, (piece) => hash.update(piece));
  if (read !== image.size) throw new ProofError('IMAGE_UNREADABLE', 'The file was changed while it was read.');
  return hash.digest();
}

/** @returns How many bytes there were. */
async function readPieces(image: Blob, use: (piece: Uint8Array) => void): Promise<number> {
  try {
    const reader = image.stream().getReader();
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return length;
      use(value);
      length += value.length;
    }
  } catch (cause) {
    throw new ProofError('IMAGE_UNREADABLE', 'The file of the image cannot be read.', { cause });
  }
}
