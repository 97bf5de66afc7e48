import { type ReactNode, useState } from 'react';
import { ProofError } from '../../zero-knowledge/errors.ts';
import {
  assertFollowsRules,
  encodeFactor,
  type FactorRules,
  type GridSide,
  type ProofFactor,
} from '../../zero-knowledge/factor.ts';
import type { ImageChoice } from '../../zero-knowledge/secret.ts';
import { type Answer, type Refusal, refuse } from '../graph.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field, PasswordField } from '../parts/fields.tsx';
import { t } from '../texts/texts.ts';
import { ImageField } from './image-field.tsx';
import { PatternGrid } from './pattern-grid.tsx';
import { attempt, CHOICE_NAMES, type ChoiceNames, RefusedRequest } from './refusal.ts';

/** What a tenant demands beside an image. */
export interface ImageDemands {
  readonly isPinUsed: boolean;
  readonly pinSize: number;
  readonly isPatternUsed: boolean;
  readonly gridSize: number;
  /** Which of `pin` and `pattern` is asked for first. */
  readonly order: readonly string[];
  readonly isPinShown: boolean;
}

type Kind = 'pin' | 'pattern';
type Values = Readonly<Record<string, string>>;

interface ChoiceOptions {
  /** Whether another image is chosen: PIN or pattern are asked for twice, and follow the rules of the tenant. */
  readonly isNew: boolean;
  /** Names of the fields, where a form has two choices. */
  readonly names?: ChoiceNames;
}

/** Fields with which a person chooses an image, and a PIN or a pattern. */
export interface ImageChoiceFields {
  readonly fields: ReactNode;
  /** Texts for fields that must not be empty, by their names. */
  readonly required: Readonly<Record<string, string>>;
  /** The field that a refused proof is about. */
  readonly secretField: string;
  /** What was chosen, or what is wrong with it. @param values Those of the form, whose `required` fields are there. */
  readonly read: (values: Values) => Promise<Answer<ImageChoice>>;
}

const sideOf = ({ gridSize }: ImageDemands): GridSide => (gridSize === 4 ? 4 : 3);

export const rulesOf = (demands: ImageDemands): FactorRules => ({
  pinSize: demands.isPinUsed ? demands.pinSize : null,
  gridSide: demands.isPatternUsed ? sideOf(demands) : null,
});

/** The kinds of a tenant, the preferred one first. */
function kindsOf({ isPinUsed, isPatternUsed, order }: ImageDemands): readonly Kind[] {
  const kinds: readonly Kind[] = order[0] === 'pattern' ? ['pattern', 'pin'] : ['pin', 'pattern'];
  return kinds.filter((kind) => (kind === 'pin' ? isPinUsed : isPatternUsed));
}

/** The field in which PIN or pattern are repeated. */
const againOf = (name: string): string => `${name}Again`;

export function useImageChoice(
  demands: ImageDemands,
  { isNew, names = CHOICE_NAMES }: ChoiceOptions,
): ImageChoiceFields {
  const kinds = kindsOf(demands);
  const [image, setImage] = useState<File | null>(null);
  const [points, setPoints] = useState<readonly number[]>([]);
  const [pointsAgain, setPointsAgain] = useState<readonly number[]>([]);
  const [kind, setKind] = useState<Kind | null>(kinds[0] ?? null);
  const other = kinds.find((one) => one !== kind);
  const side = sideOf(demands);
  const { pinSize, isPinShown } = demands;
  const secretField = kind === null ? names.image : names[kind];
  const againField = againOf(secretField);
  const isRepeated = isNew && kind !== null;

  function readFactor(values: Values): ProofFactor {
    if (kind === null) return { kind: 'none' };
    return kind === 'pin' ? { kind, digits: values[names.pin]!.trim() } : { kind, side, points };
  }

  function read(values: Values): Promise<Answer<ImageChoice>> {
    return attempt(async () => {
      const factor = readFactor(values);
      encodeFactor(factor);
      if (isNew) assertFollowsRules(factor, rulesOf(demands));
      if (isRepeated && values[againField]!.trim() !== values[secretField]!.trim())
        throw new RefusedRequest(refuseRepeated(againField, kind));
      await assertReadable(image!);
      return { image: image!, factor };
    }, names);
  }

  const fields = (
    <>
      <ImageField
        name={names.image}
        label={t('image.label')}
        hint={t('image.hint')}
        image={image}
        onChange={setImage}
      />
      {kind === 'pin' && (
        <PinField
          name={secretField}
          label={t('pin.label')}
          isShown={isPinShown}
          hint={t('pin.hint', { digits: pinSize })}
        />
      )}
      {kind === 'pin' && isRepeated && <PinField name={againField} label={t('pin.again')} isShown={isPinShown} />}
      {kind === 'pattern' && (
        <PatternGrid name={secretField} side={side} label={t('pattern.label')} points={points} onChange={setPoints} />
      )}
      {kind === 'pattern' && isRepeated && (
        <PatternGrid
          name={againField}
          side={side}
          label={t('pattern.again')}
          points={pointsAgain}
          onChange={setPointsAgain}
          isExplained={false}
        />
      )}
      {other !== undefined && (
        <ActionButton isQuiet onPress={() => setKind(other)}>
          {t(other === 'pin' ? 'pin.use' : 'pattern.use')}
        </ActionButton>
      )}
    </>
  );
  return {
    fields,
    required: {
      [names.image]: t('image.missing'),
      ...(kind === null ? {} : { [secretField]: t(`${kind}.missing`) }),
      ...(isRepeated ? { [againField]: t(`${kind}.againMissing`) } : {}),
    },
    secretField,
    read,
  };
}

const refuseRepeated = (field: string, kind: Kind): Refusal =>
  refuse('INVALID_INPUT', [{ path: field, code: kind === 'pin' ? 'PIN_UNEQUAL' : 'PATTERN_UNEQUAL' }]).refusal;

/** @throws IMAGE_UNREADABLE The file was changed or moved after it was chosen. */
async function assertReadable(image: File): Promise<void> {
  try {
    await image.slice(0, 1).arrayBuffer();
  } catch (cause) {
    throw new ProofError('IMAGE_UNREADABLE', 'The file of the image cannot be read.', { cause });
  }
}

interface PinFieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Whether its digits are visible. */
  readonly isShown: boolean;
}

function PinField({ isShown, ...named }: PinFieldProps): ReactNode {
  const shared = { ...named, autoComplete: 'off', inputMode: 'numeric' } as const;
  return isShown ? <Field {...shared} /> : <PasswordField {...shared} />;
}
