/**
 * Rights: names that say what a user or an application may do on a user, a group or an application. The deployment decides
 * what they allow; in this service only rules that call `RightService.holds` use them. May import `kernel/`,
 * `persistence/`, `events/`, `access/`, `roles/`, `users/` and `clients/`.
 */
export type {
  RightObjectKind,
  RightObjectRef,
  RightParty,
  RightSubjectKind,
  RightSubjectRef,
} from './parties.ts';
export { type Right, RightService } from './right.service.ts';
export { RightStore } from './right.store.ts';
export type { ChangeRights, RightsInput } from './right-input.ts';
