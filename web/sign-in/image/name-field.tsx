import type { ReactNode } from 'react';
import type { Demands } from '../operations.generated.ts';
import { Field } from '../parts/fields.tsx';
import { t } from '../texts/texts.ts';

interface NameFieldProps {
  readonly demands: Demands;
  readonly username: string;
  readonly isReadOnly?: boolean;
}

/** The username, which is a part of the secret of an image: an address in its place works only where it is the username. */
export function NameField({ demands, username, isReadOnly = false }: NameFieldProps): ReactNode {
  return (
    <Field
      name="username"
      label={t(demands.isEmailUsername ? 'registration.email' : 'registration.username')}
      autoComplete="username"
      defaultValue={username}
      isReadOnly={isReadOnly}
    />
  );
}

/** What the page says while it is empty. */
export const nameMissing = ({ isEmailUsername }: Demands): string =>
  t(isEmailUsername ? 'field.emailMissing' : 'field.usernameMissing');
