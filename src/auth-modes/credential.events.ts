import type { Authority } from '../access/index.ts';
import { defineEvents, type EventLog } from '../events/index.ts';
import type { CredentialInfo } from './credential-reader.ts';

export const credentialEvents = defineEvents({
  'credential.added': { category: 'credential', ends: 'nothing', description: 'A credential was added.' },
  'credential.removed': { category: 'credential', ends: 'nothing', description: 'A credential was removed.' },
  'credential.updated': {
    category: 'credential',
    ends: 'nothing',
    description: 'A credential was renamed or reordered.',
  },
});

/** Records in the open transaction that a credential was added or removed. */
export function recordCredential(
  events: EventLog,
  { caller, tenant }: Authority,
  type: 'credential.added' | 'credential.removed',
  credential: CredentialInfo,
): void {
  const { id: credentialId, userId, ordinal, label } = credential;
  const params = { type: credential.type, credentialId, ordinal, label };
  events.record(caller, tenant, { type: credentialEvents[type], subjectId: userId, params });
}
