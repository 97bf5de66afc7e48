import { registerEnumType } from 'type-graphql';
import { ERROR_TABLES as SERVICE_ERROR_TABLES } from '../../src/modules.ts';
import { requestErrors } from './request.errors.ts';

/** Every error table: those of the modules of `src/`, and the one of requests. */
export const ERROR_TABLES = [...SERVICE_ERROR_TABLES, requestErrors];

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
