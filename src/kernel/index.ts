/** What every module uses: errors, ids, time, the origin of a request. Imports no other module. */
export type { BrowserCookie, BrowserPort, CookieLife } from './browser-port.ts';
export { addSeconds, type Clock, epochSeconds, isSameSecond, systemClock } from './clock.ts';
export {
  defineErrors,
  type ErrorExtras,
  type ErrorKind,
  type ErrorRow,
  type ErrorTable,
  type FieldFault,
  IdentityError,
  invalidField,
  kernelErrors,
  STATUS_OF_KIND,
} from './errors.ts';
export { makePrivateFolder } from './folders.ts';
export { requestGuarded } from './guarded-request.ts';
export { hostNameOf, originAt, writtenHostName } from './host.ts';
export { isUuid, newId, newIdAt, type TenantId } from './ids.ts';
export {
  canonicalJson,
  hasInexactNumber,
  hasMoreItems,
  isSameJson,
  isStorableJson,
  jsonBytes,
  nestsDeeper,
  requireJson,
} from './json.ts';
export {
  compilePattern,
  PatternError,
  type PatternPlace,
  patternFault,
  patternOf,
  type Steps,
  startPattern,
} from './linear-pattern.ts';
export { positionCursor, positionIn } from './list-position.ts';
export {
  AddressRefusedError,
  addressesOf,
  connectTo,
  connectToOneOf,
  LOOPBACK_NETWORKS,
  mayReach,
  type Network,
  type PrivateHosts,
} from './network.ts';
export type { Origin } from './origin.ts';
export { Places } from './places.ts';
export { Tally } from './tally.ts';
export { NOWHERE, type TenantRef } from './tenant.ts';
export {
  escapeHtml,
  fold,
  isDatabaseText,
  isStorableText,
  MAX_TEXT_LENGTH,
  readTypedCode,
  removeBlanks,
  requireText,
  type TextRule,
} from './text.ts';
