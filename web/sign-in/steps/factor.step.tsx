import { type ReactNode, Suspense, useState } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { later } from '../later.ts';
import { type FactorMethod, SubmitFactor, type WebauthnKind } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { arePasskeysSupported } from '../passkey/support.ts';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';

/** Loaded by those alone who have a passkey or a security key. */
const PasskeyFactor = later((parts) => parts.PasskeyFactor);

type Code = Exclude<FactorMethod, WebauthnKind>;

const isKey = (method: FactorMethod): method is WebauthnKind => method === 'PASSKEY' || method === 'SECURITY_KEY';

/** How each code is asked for. */
const CODES = {
  TOTP: { intro: 'factor.totpIntro', label: 'factor.totp' },
  RECOVERY_CODE: { intro: 'factor.recoveryIntro', label: 'factor.recovery' },
} as const satisfies Readonly<Record<Code, unknown>>;

/** How each method is offered beside another one. */
const USES = {
  TOTP: 'factor.useTotp',
  RECOVERY_CODE: 'factor.useRecovery',
  PASSKEY: 'passkey.useFactor',
  SECURITY_KEY: 'securityKey.useFactor',
} as const satisfies Readonly<Record<FactorMethod, string>>;

/** The methods of a step that the browser has. Where it has none, the page says so when the person goes on. */
function usableMethods({ methods }: StepOf<'FactorStep'>): readonly FactorMethod[] {
  const usable = methods.filter((method) => !isKey(method) || arePasskeysSupported());
  return usable.length > 0 ? usable : methods;
}

/** The title, which stays where the person takes another method. */
export function factorTitle(step: StepOf<'FactorStep'>) {
  const methods = usableMethods(step);
  return methods.length === 0 || methods.some(isKey) ? 'passkey.factorTitle' : 'factor.title';
}

export function FactorStep({ step }: { readonly step: StepOf<'FactorStep'> }): ReactNode {
  const { clear } = useStep();
  const [chosen, setChosen] = useState<FactorMethod | null>(null);
  const methods = usableMethods(step);
  const method = chosen ?? methods[0];
  if (method === undefined) return <NoFactor />;
  const actions = (
    <>
      {methods
        .filter((other) => other !== method)
        .map((other) => (
          <ActionButton
            key={other}
            isQuiet
            onPress={() => {
              // What was refused is the method before.
              clear();
              setChosen(other);
            }}
          >
            {t(USES[other])}
          </ActionButton>
        ))}
      <Cancel />
    </>
  );
  const shared = { isFocused: chosen !== null, actions };
  if (!isKey(method)) return <CodeFactor {...shared} method={method} />;
  return (
    <Suspense>
      <PasskeyFactor key={method} {...shared} kind={method} />
    </Suspense>
  );
}

/** For an account that has no method but those that its tenant does not take any more. */
function NoFactor(): ReactNode {
  return (
    <>
      <p className="intro" role="status">
        {t('factor.none')}
      </p>
      <Cancel />
    </>
  );
}

interface CodeFactorProps {
  readonly method: Code;
  readonly isFocused: boolean;
  readonly actions: ReactNode;
}

function CodeFactor({ method, isFocused, actions }: CodeFactorProps): ReactNode {
  const { submit, refusal, notice, isBusy } = useStep();
  return (
    <>
      <p className="intro">{t(CODES[method].intro)}</p>
      <Form
        submit={t('factor.submit')}
        required={{ code: t('field.codeMissing') }}
        refusedField="code"
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={({ code = '' }) => void submit(SubmitFactor, { method, code: code.trim() })}
        actions={actions}
      >
        <Field
          key={method}
          name="code"
          label={t(CODES[method].label)}
          autoComplete={method === 'TOTP' ? 'one-time-code' : 'off'}
          inputMode={method === 'TOTP' ? 'numeric' : 'text'}
          isFocused={isFocused}
        />
      </Form>
    </>
  );
}
