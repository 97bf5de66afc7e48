import { createContext, type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Refusal } from '../graph.ts';
import { describeField, describeRefusal } from '../texts/texts.ts';
import { SubmitButton } from './buttons.tsx';

/** The faults of the fields of a form, by the names of the fields. An empty text marks a field that the notice is about. */
export const Faults = createContext<ReadonlyMap<string, string>>(new Map());

/** The notice of a form describes the fields that it is about. */
export const NOTICE_ID = 'notice';

interface FormProps {
  readonly submit: string;
  /** Texts for fields that must not be empty, by their names. */
  readonly required?: Readonly<Record<string, string>>;
  /** The field that a refusal is about when the refusal names none. */
  readonly refusedField?: string;
  readonly refusal: Refusal | null;
  readonly notice?: string | null;
  readonly isBusy: boolean;
  readonly onSubmit: (values: Readonly<Record<string, string>>) => void;
  readonly children?: ReactNode;
  /** Other things to do than to submit. */
  readonly actions?: ReactNode;
}

/** Refusals that say nothing about what was typed. */
const OF_NO_FIELD: ReadonlySet<string> = new Set([
  'UNREACHABLE',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_ERROR',
  'TOO_MANY_REQUESTS',
  'SIGN_IN_ACCOUNT_DISABLED',
  'SIGN_IN_TICKET_INVALID',
  'PASSKEYS_DISABLED',
  'PASSKEY_CANCELLED',
  'PASSKEY_REFUSED',
  'PASSKEY_UNSUPPORTED',
  'OTHER',
]);

/** The values of a form, by the names of its fields. */
export function readValues(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries(
    [...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function findFaults(refusal: Refusal | null, refusedField: string | undefined): ReadonlyMap<string, string> {
  if (refusal === null || OF_NO_FIELD.has(refusal.code)) return new Map();
  const faults = new Map<string, string>();
  for (const field of refusal.fields) {
    const name = field.path.split('.').at(-1)!;
    faults.set(name, [faults.get(name), describeField(field)].filter(Boolean).join(' '));
  }
  if (faults.size === 0 && refusedField !== undefined) faults.set(refusedField, '');
  return faults;
}

/** Focuses the first faulty field and selects its text, so that typing replaces it. */
function focusFault(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLElement>('input[aria-invalid="true"], .pattern[data-invalid] [tabindex="0"]');
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}

/**
 * A form that a script sends. It is a form all the same, because password managers and the Enter key need one; the policy of the
 * page lets it lead nowhere else.
 */
export function Form(props: FormProps): ReactNode {
  const { submit, required = {}, refusedField, refusal, notice = null, isBusy, onSubmit, children, actions } = props;
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState<ReadonlyMap<string, string>>(new Map());
  const faults = missing.size > 0 ? missing : findFaults(refusal, refusedField);

  // Each refusal moves the focus once, whatever else is rendered.
  useEffect(() => {
    if (form.current !== null && faults.size > 0) focusFault(form.current);
  }, [refusal, missing]);

  function send(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (isBusy) return;
    const values = readValues(event.currentTarget);
    const empty = Object.entries(required).filter(([name]) => (values[name] ?? '') === '');
    setMissing(new Map(empty));
    if (empty.length === 0) onSubmit(values);
  }

  return (
    <form ref={form} className="form" method="post" noValidate aria-labelledby="title" onSubmit={send}>
      <Notices refusal={missing.size > 0 ? null : refusal} notice={notice} />
      <Faults value={faults}>{children}</Faults>
      <SubmitButton isBusy={isBusy}>{submit}</SubmitButton>
      {actions}
    </form>
  );
}

interface NoticesProps {
  readonly refusal: Refusal | null;
  readonly notice?: string | null;
}

/** Read out when a text appears. The elements are always there, because screen readers watch existing elements only. */
export function Notices({ refusal, notice = null }: NoticesProps): ReactNode {
  return (
    <>
      <div className="notice" role="status">
        {refusal === null ? notice : null}
      </div>
      <div className="notice refusal" role="alert" id={NOTICE_ID}>
        {refusal === null ? null : describeRefusal(refusal)}
      </div>
    </>
  );
}
