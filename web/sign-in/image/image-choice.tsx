import { type ReactNode, useState } from 'react';
import type { FactorRules, GridSide, ProofFactor } from '../../zero-knowledge/factor.ts';
import type { ImageChoice } from '../../zero-knowledge/secret.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field, PasswordField } from '../parts/fields.tsx';
import { t } from '../texts/texts.ts';
import { ImageField } from './image-field.tsx';
import { PatternGrid } from './pattern-grid.tsx';

/** What a tenant demands beside an image. */
export interface ImageDemands {
  readonly isPinUsed: boolean;
  readonly pinSize: number;
  readonly isPatternUsed: boolean;
  readonly gridSize: GridSide;
  /** Which of the two is asked for first. */
  readonly order: readonly ('pin' | 'pattern')[];
  readonly isPinShown: boolean;
}

type Kind = 'pin' | 'pattern';

/** Fields with which a person chooses an image, and a PIN or a pattern. */
export interface ImageChoiceFields {
  readonly fields: ReactNode;
  /** Texts for fields that must not be empty, by their names. */
  readonly required: Readonly<Record<string, string>>;
  /** What was chosen. @param values Those of the form, whose `required` fields are there. */
  readonly read: (values: Readonly<Record<string, string>>) => ImageChoice;
}

export const rulesOf = ({ isPinUsed, pinSize, isPatternUsed, gridSize }: ImageDemands): FactorRules => ({
  pinSize: isPinUsed ? pinSize : null,
  gridSide: isPatternUsed ? gridSize : null,
});

/** The kinds of a tenant, the preferred one first. */
function kindsOf({ isPinUsed, isPatternUsed, order }: ImageDemands): readonly Kind[] {
  const kinds: readonly Kind[] = [...new Set<Kind>([...order, 'pin', 'pattern'])];
  return kinds.filter((kind) => (kind === 'pin' ? isPinUsed : isPatternUsed));
}

export function useImageChoice(demands: ImageDemands): ImageChoiceFields {
  const kinds = kindsOf(demands);
  const [image, setImage] = useState<File | null>(null);
  const [points, setPoints] = useState<readonly number[]>([]);
  const [kind, setKind] = useState<Kind | null>(kinds[0] ?? null);
  const other = kinds.find((one) => one !== kind);
  const side = demands.gridSize;

  function readFactor({ pin = '' }: Readonly<Record<string, string>>): ProofFactor {
    if (kind === null) return { kind: 'none' };
    return kind === 'pin' ? { kind, digits: pin.trim() } : { kind, side, points };
  }

  const fields = (
    <>
      <ImageField name="image" label={t('image.label')} hint={t('image.hint')} image={image} onChange={setImage} />
      {kind === 'pin' && <PinField size={demands.pinSize} isShown={demands.isPinShown} />}
      {kind === 'pattern' && (
        <PatternGrid name="pattern" side={side} label={t('pattern.label')} points={points} onChange={setPoints} />
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
      image: t('image.missing'),
      ...(kind === 'pin' ? { pin: t('pin.missing') } : {}),
      ...(kind === 'pattern' ? { pattern: t('pattern.missing') } : {}),
    },
    read: (values) => ({ image: image!, factor: readFactor(values) }),
  };
}

function PinField({ size, isShown }: { readonly size: number; readonly isShown: boolean }): ReactNode {
  const shared = {
    name: 'pin',
    label: t('pin.label'),
    hint: t('pin.hint', { digits: size }),
    autoComplete: 'off',
    inputMode: 'numeric',
  } as const;
  return isShown ? <Field {...shared} /> : <PasswordField {...shared} />;
}
