import type { ReactNode } from 'react';
import { useStep } from '../flow.ts';
import { Emphasis, NAME } from '../parts/emphasis.tsx';
import { t } from '../texts/texts.ts';

/** Says to which application a step leads, where there is one. */
export function Intro({ text }: { readonly text: 'password.intro' | 'registration.intro' }): ReactNode {
  const { application } = useStep();
  if (application === null) return null;
  return (
    <p className="intro">
      <Emphasis text={t(text, { application: NAME })} name={application.name} />
    </p>
  );
}
