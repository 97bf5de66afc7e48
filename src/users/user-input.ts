import { type FieldFault, type IdentityError, kernelErrors } from '../kernel/index.ts';
import { type AliasedColumn, type Attributes, aliasedColumn, attributeFaults } from './attributes.ts';
import { userErrors } from './user.errors.ts';
import { emailFault, isPlainText, usernameFault } from './user-names.ts';

/** The required action that demands a verified e-mail address. */
export const VERIFY_EMAIL = 'VERIFY_EMAIL';
/** The required action that demands that the user accepts the terms of the tenant. */
export const TERMS_AND_CONDITIONS = 'TERMS_AND_CONDITIONS';
/** The attribute that says when the user has, in seconds since 1970. */
export const TERMS_ATTRIBUTE = 'terms_and_conditions';

/** What attributes say of that. */
export const acceptanceIn = (attributes: Attributes): Attributes =>
  Object.hasOwn(attributes, TERMS_ATTRIBUTE) ? { [TERMS_ATTRIBUTE]: attributes[TERMS_ATTRIBUTE] } : {};

/** What callers may set on an account. Left out = unchanged, null = removed. */
export interface UserInput {
  readonly username?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly phone?: string | null | undefined;
  readonly phoneVerified?: boolean | undefined;
  readonly givenName?: string | null | undefined;
  readonly middleName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly displayName?: string | null | undefined;
  readonly locale?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  /** The moment before which tokens are refused. Of a new account at most now. */
  readonly notBefore?: Date | null | undefined;
  /** Replaces the list. */
  readonly requiredActions?: readonly string[] | undefined;
  /** Changes the named attributes only; null clears one. Names that mean a column change that column. */
  readonly attributes?: Attributes | undefined;
  /** Changes the named members of a standard profile only; null removes one. */
  readonly profile?: Attributes | undefined;
}

export interface CreateUser extends UserInput {
  /** Chosen id; default a new UUID. */
  readonly id?: string | null | undefined;
  /** Default true. */
  readonly enabled?: boolean | undefined;
  /** When another service made the account. Default, and where it would be in the future: now. */
  readonly createdAt?: Date | undefined;
}

/** Columns of plain text that a change replaces without further rules. */
export const TEXT_COLUMNS = [
  'phone',
  'givenName',
  'middleName',
  'familyName',
  'displayName',
  'locale',
  'externalId',
] as const;
export type TextColumn = (typeof TEXT_COLUMNS)[number];

const MAX_TEXT = 255;
/** E.164 has 15 digits; people write blanks, brackets and extensions between them. */
const PHONE = /^\+?[0-9][0-9 ()./-]{0,30}[0-9)]$|^\([0-9][0-9 ()./-]{1,29}[0-9]$/;

/** Whether a text is what people write for a phone number. */
export const isPhoneNumber = (text: string): boolean => PHONE.test(text);

/** What people write between the digits. */
const BETWEEN_DIGITS = /[ ()./-]/g;

/** Whether two texts are one phone number, written differently. */
export const isSamePhone = (one: string, other: string): boolean =>
  one.replaceAll(BETWEEN_DIGITS, '') === other.replaceAll(BETWEEN_DIGITS, '');

/** RFC 5646, and `_` as older clients write it. */
const LOCALE = /^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$/;
const ACTION = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const MAX_ACTIONS = 32;

type TextCheck = readonly [code: string, message: string, isValid: (text: string) => boolean];
const plain: TextCheck = [
  'TEXT_INVALID',
  `A text has at most ${MAX_TEXT} characters and no control characters.`,
  (text) => [...text].length <= MAX_TEXT && isPlainText(text),
];
const TEXT_CHECKS: Readonly<Record<TextColumn, TextCheck>> = {
  phone: ['USER_PHONE_INVALID', 'This is not a phone number.', isPhoneNumber],
  givenName: plain,
  middleName: plain,
  familyName: plain,
  displayName: plain,
  locale: ['LOCALE_INVALID', 'This is not a language tag.', (text) => LOCALE.test(text)],
  externalId: plain,
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * An attribute's value as text for a column: the value itself, or the only element of a list. Undefined when it cannot be a
 * text.
 */
function columnText(value: unknown): string | null | undefined {
  const single: unknown = Array.isArray(value) && value.length <= 1 ? (value[0] ?? null) : value;
  return single === null || typeof single === 'string' ? single : undefined;
}

/** Moves the values of attributes that mean a column to the column. */
function liftAliases(input: UserInput, faults: FieldFault[]): UserInput {
  const given = input.attributes ?? {};
  const lifted: Mutable<Partial<Record<AliasedColumn, string | null>>> = {};
  const rest: [string, unknown][] = [];
  for (const [name, value] of Object.entries(given)) {
    const column = aliasedColumn(name);
    if (column === null) {
      rest.push([name, value]);
      continue;
    }
    const text = columnText(value);
    const known = lifted[column] === undefined ? input[column] : lifted[column];
    if (text === undefined || (known !== undefined && known !== text)) {
      const message =
        text === undefined ? `"${name}" is a single text.` : `"${name}" and "${column}" say different things.`;
      faults.push({ path: `input.attributes.${name}`, code: 'USER_ATTRIBUTE_INVALID', message });
    } else lifted[column] = text;
  }
  return { ...input, ...lifted, ...(input.attributes === undefined ? {} : { attributes: Object.fromEntries(rest) }) };
}

function textFaults(input: UserInput): FieldFault[] {
  return TEXT_COLUMNS.flatMap((column) => {
    const text = input[column];
    const [code, message, isValid] = TEXT_CHECKS[column];
    return text == null || text === '' || isValid(text) ? [] : [{ path: `input.${column}`, code, message }];
  });
}

function nameFaults({ username, email }: UserInput, ownId: string): FieldFault[] {
  const faults: FieldFault[] = [];
  const aboutUsername = username == null ? null : usernameFault(username, ownId);
  if (aboutUsername !== null)
    faults.push({ path: 'input.username', code: 'USER_USERNAME_INVALID', message: aboutUsername });
  const aboutEmail = email == null || email === '' ? null : emailFault(email);
  if (aboutEmail !== null) faults.push({ path: 'input.email', code: 'USER_EMAIL_INVALID', message: aboutEmail });
  return faults;
}

/** Whether an action can be required of a user by this name. */
export const isActionName = (name: string): boolean => ACTION.test(name);

function actionFaults({ requiredActions }: UserInput): FieldFault[] {
  if (requiredActions === undefined) return [];
  const isValid = requiredActions.length <= MAX_ACTIONS && requiredActions.every(isActionName);
  const message = `At most ${MAX_ACTIONS} actions, each a name of letters, digits, "_", "." or "-".`;
  return isValid ? [] : [{ path: 'input.requiredActions', code: 'REQUIRED_ACTION_INVALID', message }];
}

const blankToNull = (text: string | null | undefined) => (text === '' ? null : text);

/**
 * The input as the service uses it: values of aliases in their columns, empty texts as null, each action once.
 * @throws USER_USERNAME_INVALID, USER_EMAIL_INVALID, USER_ATTRIBUTE_INVALID when all faults are of this kind
 * @throws INVALID_INPUT for other faults, and for faults of several kinds
 */
export function checkedInput<T extends UserInput>(given: T, ownId: string): T {
  const faults: FieldFault[] = [];
  const input = liftAliases(given, faults);
  faults.push(...nameFaults(input, ownId), ...textFaults(input), ...actionFaults(input));
  faults.push(...attributeFaults(input.attributes ?? {}, 'input.attributes'));
  faults.push(...attributeFaults(input.profile ?? {}, 'input.profile'));
  throwFaults(faults);
  const texts = [...TEXT_COLUMNS, 'email' as const].flatMap((column) =>
    input[column] === undefined ? [] : [[column, blankToNull(input[column])]],
  );
  const actions = input.requiredActions === undefined ? {} : { requiredActions: [...new Set(input.requiredActions)] };
  return { ...input, ...Object.fromEntries(texts), ...actions } as T;
}

const OWN_ERRORS = userErrors.rows as Readonly<Record<string, unknown>>;

/** Throws the faults, as the specific error of their kind if all are of one kind that has such an error. */
export function throwFaults(faults: readonly FieldFault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const isOneKind = faults.every(({ code }) => code === first.code) && Object.hasOwn(OWN_ERRORS, first.code);
  const make = isOneKind
    ? (userErrors[first.code as keyof typeof userErrors.rows] as typeof kernelErrors.INVALID_INPUT)
    : kernelErrors.INVALID_INPUT;
  throw make({ message: first.message, fields: faults }) satisfies IdentityError;
}
