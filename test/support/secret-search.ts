/** Bytes of each piece of a file that is searched for. */
const PIECE = 24;
/** A character that makes digits a part of something else, such as of base64 or of a fraction. */
const CONNECTED = '[\\w.+/=-]';

const FORMS = ['hex', 'base64', 'base64url', 'latin1'] as const;

/** Bytes as texts may hold them: encoded, as a list of numbers, or as a number. */
function listForms(bytes: Buffer): readonly string[] {
  const texts = FORMS.map((form) => bytes.toString(form).replace(/=+$/, ''));
  return [...texts, [...bytes].join(','), [...bytes].join(', ')];
}

/** Base64 of a piece depends on where it begins, so each beginning is tried. The last characters depend on what follows. */
const listFormsInside = (piece: Buffer): readonly string[] =>
  [0, 1, 2].flatMap((shift) => listForms(piece.subarray(shift)).map((text) => text.slice(0, PIECE)));

/** The forms of a secret number of 32 bytes, whichever end comes first. */
function listNumberForms(bytes: Uint8Array): readonly string[] {
  const forward = Buffer.from(bytes);
  const backward = Buffer.from(bytes.toReversed());
  return [forward, backward].flatMap((one) => [...listForms(one), BigInt(`0x${one.toString('hex')}`).toString()]);
}

/** The secrets of a person who signs in with an image. */
export interface ImageSecrets {
  readonly images: readonly Buffer[];
  /** PINs and patterns as texts. */
  readonly factors: readonly string[];
  /** Derived secrets, 32 bytes each. */
  readonly numbers: readonly Uint8Array[];
}

/** Pieces of a file: of its beginning behind what all files of its type have, of its middle and of its end. */
const piecesOf = (image: Buffer): readonly Buffer[] =>
  [64, image.length >> 1, image.length - 64].map((at) => image.subarray(at, at + PIECE));

/** Finds secrets in a text. @returns The forms that it contains, each after what it is of. */
export function findSecrets(text: string, { images, factors, numbers }: ImageSecrets): readonly string[] {
  const inside = images.flatMap(piecesOf).flatMap(listFormsInside);
  const found = [...inside, ...numbers.flatMap(listNumberForms)].filter((form) => text.includes(form));
  const alone = factors.filter((factor) => new RegExp(`(?<!${CONNECTED})${factor}(?!${CONNECTED})`).test(text));
  return [...found, ...alone];
}

/** Finds images and derived secrets in bytes. */
export const findSecretBytes = (bytes: Buffer, { images, numbers }: Omit<ImageSecrets, 'factors'>): readonly string[] =>
  [...images.flatMap(piecesOf), ...numbers.map((number) => Buffer.from(number))]
    .filter((secret) => bytes.includes(secret))
    .map((secret) => secret.toString('hex'));
