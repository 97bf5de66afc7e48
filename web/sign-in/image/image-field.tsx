import { type ChangeEvent, type ReactNode, use, useState } from 'react';
import { MAX_IMAGE_BYTES } from '../../zero-knowledge/image.ts';
import { describedBy, FaultText } from '../parts/fault.tsx';
import { Faults } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';

interface ImageFieldProps {
  /** Also the id of the input. */
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly image: File | null;
  /** Null: none is chosen, or one that cannot be used. */
  readonly onChange: (image: File | null) => void;
}

/** Why a file cannot be an image of a proof; null: it can. Some systems know no type of some pictures. */
function findFault({ size, type }: File): string | null {
  if (type !== '' && !type.startsWith('image/')) return t('image.noPicture');
  if (size === 0) return t('image.empty');
  return size > MAX_IMAGE_BYTES ? t('image.tooLarge') : null;
}

/** Chooses the file of an image. It is not shown, because others might see it. The form has only its name: no form may send the file. */
export function ImageField({ name, label, hint, image, onChange }: ImageFieldProps): ReactNode {
  const fault = use(Faults).get(name);
  const [ownFault, setOwnFault] = useState<string | null>(null);
  const hintId = `${name}-hint`;
  const faultId = `${name}-fault`;

  function choose({ target }: ChangeEvent<HTMLInputElement>): void {
    const [file = null] = target.files ?? [];
    const found = file === null ? null : findFault(file);
    setOwnFault(found);
    onChange(found === null ? file : null);
  }

  const shown = ownFault ?? fault;
  return (
    <div className="field">
      <label className="label" htmlFor={name}>
        {label}
      </label>
      <input
        id={name}
        className="input file"
        type="file"
        accept="image/*"
        aria-describedby={describedBy(hintId, faultId, shown)}
        aria-invalid={shown !== undefined}
        onChange={choose}
      />
      <input type="hidden" name={name} value={image?.name ?? ''} />
      <span className="hint" id={hintId}>
        {hint}
      </span>
      <FaultText id={faultId} fault={shown} />
    </div>
  );
}
