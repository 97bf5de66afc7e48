import { sha256Base64Url } from '../../../src/crypto/index.ts';
import { TEST_VERIFIER } from '../../support/oauth.ts';
import { CALLBACK } from './party.ts';
import type { Pairs } from './requests.ts';

/** Values that replace those of `REQUEST`: several are sent several times, none leaves the parameter out. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

export const STATE = 'a state with ünicode & "quotes"';
export const CHALLENGE = sha256Base64Url(TEST_VERIFIER);
export const REQUEST: Readonly<Record<string, string>> = {
  client_id: 'web',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  state: STATE,
  nonce: 'n-0S6_WzA2Mj',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

export const pairsOf = (values: Values): Pairs =>
  Object.entries({ ...REQUEST, ...values }).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
