/**
 * The translation engine: serves rows of a dialect as HTTP endpoints that run documents of the graph. May import directives,
 * errors and types of `schema/`, and of `src/` only `kernel/` and `access/`. `EngineHost` is what it needs from the service.
 */
export { Answer, sendAnswer } from './answer.ts';
export type { CallerAuthenticator, ClientCredentials } from './caller.ts';
export { CLIENT_CREDENTIALS } from './client-parameters.ts';
export { allowPage, answerPreflight, type Cors, isPreflight, keepToClient, type WebOrigins } from './cors.ts';
export type { Chapter, Dialect, IssuerKind, Mount, Samples, SessionMirror } from './dialect.ts';
export type { DataOf, OperationDocument, RowVariables, Variables } from './document.ts';
export {
  AS_ITS_KIND,
  type ChallengeReason,
  type DialectErrors,
  type Envelope,
  type ErrorLine,
  type ErrorLines,
  type ErrorTable,
  type Fault,
  type FaultItem,
  type LegacyError,
} from './fault.ts';
export type { PathPart, ValueFault, ValuePlace } from './faults.ts';
export { forPages } from './for-pages.ts';
export type { EngineHost, HostTenant, PageDocuments, PageHeaders, RenderedPage } from './host.ts';
export { type FoundBy, type Lookup, type Lookups, lookup } from './lookup.ts';
export { Engine, type EngineOptions } from './mount.ts';
export { assertRawForms, type DescriptionOptions, openApiOf, type RawForms } from './openapi.ts';
export { type ItemOf, present, presentItems } from './present.ts';
export { problems } from './problems.ts';
export type { RateLimit } from './rate-limit.ts';
export { ClientGone, decodeBody, isOfMediaType, readBody } from './request-body.ts';
export {
  type BrowserAnswer,
  type DocumentName,
  type FormParameter,
  type FormPost,
  type Method,
  type ParsedRequest,
  pathsOf,
  type Reply,
  type Route,
  type RouteCallers,
  type RouteInput,
  route,
  type TenantPlace,
  type TenantSource,
} from './route.ts';
export { plainRow, refusedRow } from './rows-without-document.ts';
