import { type ReactNode, use, useState } from 'react';
import { Checkbox } from 'react-aria-components/Checkbox';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextField } from 'react-aria-components/TextField';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { t } from '../texts/texts.ts';
import { Faults, NOTICE_ID } from './form.tsx';

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly autoComplete: string;
  readonly type?: 'text' | 'password';
  readonly inputMode?: 'text' | 'numeric' | 'email';
  readonly defaultValue?: string;
  readonly isReadOnly?: boolean;
  readonly isOptional?: boolean;
  /** Takes the focus when it appears. */
  readonly isFocused?: boolean;
  readonly hint?: string;
  /** Stands beside the input. */
  readonly toggle?: ReactNode;
}

/** A field of one line. What is typed is never changed by the browser: names, codes and passwords are no sentences. */
export function Field(props: FieldProps): ReactNode {
  const { name, label, autoComplete, type = 'text', inputMode = 'text', defaultValue = '', isReadOnly = false } = props;
  const { isOptional = false } = props;
  const fault = use(Faults).get(name);
  return (
    <TextField
      className="field"
      name={name}
      type={type}
      defaultValue={defaultValue}
      autoComplete={autoComplete}
      inputMode={inputMode}
      isReadOnly={isReadOnly}
      isRequired={!isReadOnly && !isOptional}
      validationBehavior="aria"
      autoFocus={props.isFocused ?? false}
      isInvalid={fault !== undefined}
      {...(fault === '' ? { 'aria-describedby': NOTICE_ID } : {})}
      autoCorrect="off"
      spellCheck="false"
    >
      <Label className="label">{label}</Label>
      <div className="box">
        <Input className="input" autoCapitalize="none" />
        {props.toggle}
      </div>
      {props.hint !== undefined && (
        <Text slot="description" className="hint">
          {props.hint}
        </Text>
      )}
      <FieldError className="fault">{fault}</FieldError>
    </TextField>
  );
}

/** A password, which can be shown while it is typed. */
export function PasswordField(props: Omit<FieldProps, 'type' | 'toggle'>): ReactNode {
  const [isShown, setShown] = useState(false);
  const toggle = (
    <ToggleButton className="show" isSelected={isShown} onChange={setShown} aria-label={t('field.showPasswordLabel')}>
      {t('field.showPassword')}
    </ToggleButton>
  );
  return <Field {...props} type={isShown ? 'text' : 'password'} toggle={toggle} />;
}

export function CheckField({ name, label }: { readonly name: string; readonly label: string }): ReactNode {
  return (
    <Checkbox className="check" name={name} value="on">
      <span className="tick" aria-hidden="true" />
      {label}
    </Checkbox>
  );
}
