import type { ReactNode } from 'react';
import { useStep } from '../flow.ts';
import { CancelInteraction } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { t } from '../texts/texts.ts';

/** Ends the interaction; the application learns that the person did not want to sign in. */
export function Cancel(): ReactNode {
  const { submit } = useStep();
  return (
    <ActionButton isQuiet onPress={() => void submit(CancelInteraction, {})}>
      {t('cancel')}
    </ActionButton>
  );
}
