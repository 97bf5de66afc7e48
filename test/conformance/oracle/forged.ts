const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT with these claims that nobody signed. */
export const unsignedOf = (claims: object): string => `${encode({ alg: 'none' })}.${encode(claims)}.`;

/** A JWT as it is, but without a signature. */
export const unsigned = (token: string): string => `${encode({ alg: 'none' })}.${token.split('.')[1]}.`;

/** A JWT as it is, but with another signature. */
export const forgedSignature = (token: string): string => token.replace(/.{8}$/, 'AAAAAAAA');
