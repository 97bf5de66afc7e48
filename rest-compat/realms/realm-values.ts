/** A value of a setting as it is sent. */
export type Scalar = string | number | boolean;

/** How values of a property are sent and shown, and what they are in the graph. */
export interface ValueType {
  /** The value in the graph; undefined when what is sent is none. */
  readonly toGraph: (sent: Scalar) => unknown;
  readonly toShown: (value: unknown) => unknown;
}

const same = (value: unknown): unknown => value;

function toFlag(sent: Scalar): boolean | undefined {
  if (typeof sent === 'boolean') return sent;
  if (sent === 'true') return true;
  return sent === 'false' ? false : undefined;
}

function toInteger(sent: Scalar): number | undefined {
  const value = typeof sent === 'string' && /^-?\d{1,15}$/.test(sent) ? Number(sent) : sent;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

export const FLAG: ValueType = { toGraph: toFlag, toShown: same };
export const INTEGER: ValueType = { toGraph: toInteger, toShown: same };
export const TEXT: ValueType = { toGraph: String, toShown: same };

/** True where the graph has false. */
export const NEGATED: ValueType = {
  toGraph: (sent) => {
    const flag = toFlag(sent);
    return flag === undefined ? undefined : !flag;
  },
  toShown: (value) => !value,
};

/** A list, sent as texts with commas between them. */
export const LIST: ValueType = {
  toGraph: (sent) =>
    String(sent)
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  toShown: same,
};

/** A list, shown as it is sent. */
export const JOINED: ValueType = { ...LIST, toShown: (value) => (value as readonly string[]).join(',') };

/** One of several texts, each with its value in the graph. */
const choice = (values: Readonly<Record<string, unknown>>): ValueType => ({
  toGraph: (sent) => (Object.hasOwn(values, String(sent)) ? values[String(sent)] : undefined),
  toShown: (value) => Object.keys(values).find((text) => values[text] === value),
});

const LEFT_OPEN = 'not specified';
/** Choices of WebAuthn, which may be left to the authenticator. */
const openChoice = (...texts: readonly string[]): ValueType =>
  choice({ [LEFT_OPEN]: null, ...Object.fromEntries(texts.map((text) => [text, text])) });

export const OTP_TYPE = choice({ totp: 'totp', hotp: 'hotp' });
export const OTP_ALGORITHM = choice({ HmacSHA1: 'SHA1', HmacSHA256: 'SHA256', HmacSHA512: 'SHA512' });
export const ATTESTATION = openChoice('none', 'indirect', 'direct', 'enterprise');
export const ATTACHMENT = openChoice('platform', 'cross-platform');
export const VERIFICATION = openChoice('required', 'preferred', 'discouraged');
export const RESIDENT = choice({ [LEFT_OPEN]: null, Yes: true, No: false });
