import { invalidField, isStorableText, requireText } from '../kernel/index.ts';

/** With the 32 bytes of the ids before it, 512 characters stay below the 2,704 bytes of an index row. */
const MAX_EXTERNAL_ID = 512;
const MAX_EXTERNAL_NAME = 255;

/** An account at an external provider, as it is given. */
export interface ExternalAccount {
  /** Id of the account at the provider. */
  readonly externalId: string;
  /** Display name of that account; when absent, the stored name stays. */
  readonly externalName?: string | undefined;
}

/** The same with texts that can be stored. */
export interface CheckedAccount {
  readonly externalId: string;
  readonly externalName: string | undefined;
}

/** Whether an id of this form can be stored; no query runs for others. */
export const isAccountId = (value: string): boolean =>
  value !== '' && value.length <= MAX_EXTERNAL_ID && isStorableText(value);

/** An external account whose texts can be stored. @throws INVALID_INPUT */
export function checkedAccount({ externalId, externalName }: ExternalAccount): CheckedAccount {
  if (externalId.length > MAX_EXTERNAL_ID)
    throw invalidField('input.externalId', 'TEXT_INVALID', `An account id has at most ${MAX_EXTERNAL_ID} characters.`);
  return {
    externalId: requireText(externalId, 'input.externalId', { max: MAX_EXTERNAL_ID }),
    externalName:
      externalName === undefined
        ? undefined
        : requireText(externalName, 'input.externalName', { max: MAX_EXTERNAL_NAME }),
  };
}
