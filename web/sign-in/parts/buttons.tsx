import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { t } from '../texts/texts.ts';

interface SubmitProps {
  readonly isBusy: boolean;
  readonly children: ReactNode;
}

/**
 * React Aria reads a busy button out by a reference to it, which stays for some seconds, also when the next step has replaced the
 * button. With the same id on each page, the reference leads to a button.
 */
export const SUBMIT_ID = 'submit';

/** While a request runs the button keeps the focus and does nothing, so that a second click sends nothing. */
export function SubmitButton({ isBusy, children }: SubmitProps): ReactNode {
  return (
    <Button id={SUBMIT_ID} type="submit" className="button primary" isPending={isBusy}>
      {children}
      {isBusy && <span className="busy" role="img" aria-label={t('page.busy')} />}
    </Button>
  );
}

interface ActionProps {
  readonly isBusy?: boolean;
  readonly isQuiet?: boolean;
  /** For screen readers, where the text alone does not say what it is about. */
  readonly label?: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

/** A button that does something else than the form it stands in. */
export function ActionButton(props: ActionProps): ReactNode {
  const { isBusy = false, isQuiet = false, label, onPress, children } = props;
  const named = label === undefined ? {} : { 'aria-label': label };
  return (
    <Button className={isQuiet ? 'button quiet' : 'button'} isPending={isBusy} onPress={onPress} {...named}>
      {children}
    </Button>
  );
}
