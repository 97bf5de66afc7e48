/**
 * Sessions, the devices they are on, and secrets that work once.
 * May import `kernel/`, `crypto/`, `persistence/`, `events/`, `access/`, `tenants/`, `roles/` and `users/`.
 */

export { bindBrowser, isBoundBrowser, requireBrowser } from './browser-binding.ts';
export { type BrowserDevice, deviceOf } from './browser-device.ts';
export { dropSession, keepSession, showSession } from './browser-session.ts';
export {
  type CodeBucket,
  type NewOneTimeCode,
  type OneTimeCodeRow,
  OneTimeCodeStore,
} from './codes/one-time-code.store.ts';
export { DeviceService, type SeenDevice } from './devices/device.service.ts';
export { type DeviceKeys, DeviceStore } from './devices/device.store.ts';
export type { Device, Session } from './session.entity.ts';
export {
  type EndSessionsOptions,
  SessionService,
  type StartedSession,
  type StartSession,
} from './session.service.ts';
export {
  type SessionFilter,
  type SessionKeys,
  type SessionRow,
  SessionStore,
  type SignedInSession,
} from './session.store.ts';
export { storableHeader } from './storable-header.ts';
export type { TokenFamilies } from './token-families.ts';
export { type NamedVersion, parseUserAgent, type UserAgent } from './user-agent.ts';
