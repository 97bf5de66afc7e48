import { registerEnumType } from 'type-graphql';
import { accessErrors } from '../../src/access/index.ts';
import { authModeErrors, passwordModeErrors, securityQuestionErrors, totpErrors } from '../../src/auth-modes/index.ts';
import { clientErrors } from '../../src/clients/index.ts';
import { consentErrors } from '../../src/consents/index.ts';
import { passwordErrors } from '../../src/crypto/index.ts';
import { eventErrors } from '../../src/events/index.ts';
import { federationErrors } from '../../src/federation/index.ts';
import { linkAccountErrors, qrSignInErrors, signInErrors, signUpErrors } from '../../src/flows/index.ts';
import { type ErrorRow, kernelErrors } from '../../src/kernel/index.ts';
import { oauthErrors } from '../../src/oauth/index.ts';
import { rightErrors } from '../../src/rights/index.ts';
import { riskErrors } from '../../src/risk/index.ts';
import { grantErrors, groupErrors, roleErrors } from '../../src/roles/index.ts';
import { sessionErrors } from '../../src/sessions/index.ts';
import { tenantErrors } from '../../src/tenants/index.ts';
import { userErrors } from '../../src/users/index.ts';
import { requestErrors } from './request.errors.ts';

/** Every error table of the service, once. */
export const ERROR_TABLES = [
  kernelErrors,
  requestErrors,
  passwordErrors,
  eventErrors,
  tenantErrors,
  grantErrors,
  roleErrors,
  groupErrors,
  clientErrors,
  federationErrors,
  linkAccountErrors,
  riskErrors,
  rightErrors,
  qrSignInErrors,
  oauthErrors,
  accessErrors,
  authModeErrors,
  passwordModeErrors,
  totpErrors,
  securityQuestionErrors,
  signInErrors,
  signUpErrors,
  userErrors,
  sessionErrors,
  consentErrors,
] as const satisfies readonly { readonly rows: Readonly<Record<string, ErrorRow>> }[];

type RowsOf<T> = T extends { readonly rows: infer R } ? R : never;
type KeysOf<R> = R extends unknown ? keyof R & string : never;

/** Every code of the error tables: a misspelt one does not compile. */
export type ErrorCodeName = KeysOf<RowsOf<(typeof ERROR_TABLES)[number]>>;

/** Codes of GraphQL itself, which occur before any module is called. */
const PROTOCOL_CODES: Readonly<Record<string, string>> = {
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  BAD_USER_INPUT: 'A variable does not fit its type.',
  BAD_REQUEST: 'The request is not GraphQL over HTTP.',
  OPERATION_RESOLUTION_FAILURE: 'The document has several operations and none, or an unknown one, was named.',
  PERSISTED_QUERY_NOT_FOUND: 'The hash names no stored operation.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'Operations are not stored by clients here.',
};

/** Codes with their descriptions, for the SDL enum and for the completeness test. */
export const ERROR_CODES: Readonly<Record<string, string>> = Object.fromEntries([
  ...ERROR_TABLES.flatMap(({ rows }) => Object.entries(rows).map(([code, row]) => [code, row.message] as const)),
  ...Object.entries(PROTOCOL_CODES),
]);

/** `ErrorCode` in the SDL: every value `extensions.code` can have. */
export const ErrorCode = Object.fromEntries(Object.keys(ERROR_CODES).map((code) => [code, code])) as Record<
  string,
  string
>;

registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'Every value that `extensions.code` of an error can have.',
  valuesConfig: Object.fromEntries(Object.entries(ERROR_CODES).map(([code, description]) => [code, { description }])),
});
