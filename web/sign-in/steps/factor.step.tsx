import { type ReactNode, useState } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { type FactorMethod, SubmitFactor } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';

/** The methods that have a code. */
type CodeMethod = Exclude<FactorMethod, 'PASSKEY'>;

/** How each method is asked for. */
const METHODS = {
  TOTP: { intro: 'factor.totpIntro', label: 'factor.totp', use: 'factor.useTotp' },
  RECOVERY_CODE: { intro: 'factor.recoveryIntro', label: 'factor.recovery', use: 'factor.useRecovery' },
} as const satisfies Readonly<Record<CodeMethod, unknown>>;

const hasCode = (method: FactorMethod): method is CodeMethod => method !== 'PASSKEY';

export function FactorStep({ step }: { readonly step: StepOf<'FactorStep'> }): ReactNode {
  const { submit, clear, refusal, notice, isBusy } = useStep();
  const [chosen, setChosen] = useState<CodeMethod | null>(null);
  const methods = step.methods.filter(hasCode);
  const method = chosen ?? methods[0] ?? 'TOTP';
  const others = methods.filter((other) => other !== method);
  return (
    <>
      <p className="intro">{t(METHODS[method].intro)}</p>
      <Form
        submit={t('factor.submit')}
        required={{ code: t('field.codeMissing') }}
        refusedField="code"
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={({ code = '' }) => void submit(SubmitFactor, { method, code: code.trim() })}
        actions={
          <>
            {others.map((other) => (
              <ActionButton
                key={other}
                isQuiet
                onPress={() => {
                  // What was refused is the code of the method before.
                  clear();
                  setChosen(other);
                }}
              >
                {t(METHODS[other].use)}
              </ActionButton>
            ))}
            <Cancel />
          </>
        }
      >
        <Field
          key={method}
          name="code"
          label={t(METHODS[method].label)}
          autoComplete={method === 'TOTP' ? 'one-time-code' : 'off'}
          inputMode={method === 'TOTP' ? 'numeric' : 'text'}
          isFocused={chosen !== null}
        />
      </Form>
    </>
  );
}
