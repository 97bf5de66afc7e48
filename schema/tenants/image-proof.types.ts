import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { settingsGroup } from './settings-group.ts';

const LIVENESS = 'How pages find out that a person stands before the camera; replaced as a whole.';

@ObjectType('LivenessSettings', { description: LIVENESS })
@InputType('LivenessSettingsInput', { description: LIVENESS })
class LivenessSettings {
  @Field(() => [String], {
    description:
      'Gestures from which those that are asked for are chosen: `blink`, `smile`, `turn-left`, `turn-right`, `nod`, `open-mouth`.',
  })
  gestures!: string[];
  @Field(() => Int, { description: 'How many gestures are asked for: 1 to 5, and no more than there are.' })
  gestureCount!: number;
  @Field(() => Int, { description: 'How long a person has for each: 3 to 60 seconds.' })
  gestureSeconds!: number;
  @Field(() => Int, { description: 'How often a person may try: 1 to 10.' })
  maxAttempts!: number;
  @Field(() => Float, { description: 'Least likeness of two faces that counts as one person: 0 to 1.' })
  faceThreshold!: number;
}

/** What the group of settings of image proofs is. */
export const IMAGE_PROOFS =
  'What belongs to an image proof beside the image, and how pages ask for it. What is about faces is for pages of applications; those of the service have no camera.';

export const IMAGE_PROOF_SETTINGS = settingsGroup('ImageProofSettings', IMAGE_PROOFS, {
  isPinUsed: { type: () => Boolean, description: 'Whether a PIN belongs to the proof.' },
  pinSize: { type: () => Int, description: 'Digits of a PIN: 3 to 6.' },
  isPatternUsed: { type: () => Boolean, description: 'Whether a pattern on a grid belongs to the proof.' },
  gridSize: { type: () => Int, description: 'Points on a side of the grid: 3 or 4.' },
  order: {
    type: () => [String],
    description: 'Which of `pin` and `pattern` pages ask for first, where both are used.',
  },
  isPinShown: { type: () => Boolean, description: 'Whether the digits are visible while they are typed.' },
  isFaceRecognized: { type: () => Boolean, description: 'Whether pages compare faces.' },
  isLivenessChecked: {
    type: () => Boolean,
    description: 'Whether pages also find out that a person stands before the camera; needs `isFaceRecognized`.',
  },
  liveness: {
    type: () => LivenessSettings,
    description: 'How pages find that out; null = their defaults.',
    canBeNull: true,
  },
});
