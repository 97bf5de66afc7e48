import { z } from 'zod';

/** Parts of an image proof beside the image, which a page asks for one after another. */
const PROOF_PARTS = ['pin', 'pattern'] as const;

/** What a person can be asked to do before a camera. */
const GESTURES = ['blink', 'smile', 'turn-left', 'turn-right', 'nod', 'open-mouth'] as const;

const isWithoutRepeats = (entries: readonly string[]): boolean => new Set(entries).size === entries.length;
const whole = (min: number, max: number) => z.number().int().min(min).max(max);

/** How pages find out that a person stands before the camera. The result comes from the page, so it proves nothing. */
const livenessSettings = z
  .strictObject({
    /** Those from which gestures are chosen at random. */
    gestures: z.array(z.enum(GESTURES)).refine(isWithoutRepeats, 'A gesture stands once.'),
    /** How many are asked for. */
    gestureCount: whole(1, 5),
    /** How long a person has for each. */
    gestureSeconds: whole(3, 60),
    /** How often a person may try. */
    maxAttempts: whole(1, 10),
    /** Least likeness of two faces that counts as one person: 0 to 1. */
    faceThreshold: z.number().min(0).max(1),
  })
  .refine(({ gestures, gestureCount }) => gestureCount <= gestures.length, {
    path: ['gestureCount'],
    message: 'No more gestures can be asked for than there are.',
  })
  .nullable();

/** Secrets that an image proof is made of beside the image, and how pages ask for them. */
export const imageProofSettings = z.strictObject({
  /** Whether a PIN belongs to the proof. Without PIN and pattern the image alone does. */
  isPinUsed: z.boolean(),
  /** Digits of a PIN. */
  pinSize: whole(3, 6),
  isPatternUsed: z.boolean(),
  /** Points on a side of the grid of a pattern. */
  gridSize: whole(3, 4),
  /** Which of the two a page asks for first, where both are used. */
  order: z.array(z.enum(PROOF_PARTS)).refine(isWithoutRepeats, 'A part stands once.'),
  /** Whether the digits are visible while they are typed. */
  isPinShown: z.boolean(),
  isFaceRecognized: z.boolean(),
  /** Needs `isFaceRecognized`. */
  isLivenessChecked: z.boolean(),
  /** Null = the defaults of the pages. */
  liveness: livenessSettings,
});

/** Defaults in all templates. */
export const IMAGE_PROOF_DEFAULTS: z.output<typeof imageProofSettings> = {
  isPinUsed: true,
  pinSize: 6,
  isPatternUsed: true,
  gridSize: 3,
  order: ['pin', 'pattern'],
  isPinShown: true,
  isFaceRecognized: false,
  isLivenessChecked: false,
  liveness: null,
};

/** Why settings that are valid alone are not valid together, or null. */
export function faultOfImageProof({ isFaceRecognized, isLivenessChecked }: z.output<typeof imageProofSettings>) {
  return isLivenessChecked && !isFaceRecognized ? 'Liveness is checked only where faces are recognized.' : null;
}
