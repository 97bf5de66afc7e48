import type { Authority } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { recordCredential } from '../credential.events.ts';
import type { CredentialStore, NewCredential } from '../credential.store.ts';
import { detailsAfter } from '../totp/totp.mode.ts';
import { createdAtOf, type ForeignCredential, labelOf, type ReadCredential } from './foreign-credential.ts';

export interface ForeignCredentialServiceDeps {
  readonly credentials: Pick<CredentialStore, 'addMany'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** A credential that was read, of a user who was made in this unit of work. */
export interface CredentialToAdd {
  readonly userId: string;
  readonly foreign: ForeignCredential;
  readonly read: Extract<ReadCredential, { readonly kind: 'password-hash' | 'totp' }>;
}

/** Writes credentials that another service made, whose secrets nobody typed here. */
export class ForeignCredentialService {
  readonly #deps: ForeignCredentialServiceDeps;

  constructor(deps: ForeignCredentialServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Adds credentials to users who have none yet, with an event for each, inside a unit of work: three statements for any number.
   * The rules for new passwords are not asked, because nobody knows the passwords.
   * @param toAdd In the order of their users, of each user in the order of its credentials.
   */
  async add(authority: Authority, toAdd: readonly CredentialToAdd[]): Promise<void> {
    const { credentials, events, clock } = this.#deps;
    const now = clock.now();
    const added = await credentials.addMany(
      authority.tenant.id,
      toAdd.map((one) => ({ ...asNew(one), createdAt: createdAtOf(one.foreign, now) ?? now })),
    );
    for (const credential of added) recordCredential(events, authority, 'credential.added', credential);
  }
}

function asNew({ userId, foreign, read }: CredentialToAdd): NewCredential {
  const label = labelOf(foreign);
  if (read.kind === 'password-hash') return { userId, type: 'password', label, secret: read.hash };
  const { shape, secret, lastCounter } = read;
  const data = lastCounter === null ? { ...shape } : detailsAfter(shape, lastCounter);
  return { userId, type: 'totp', label, data, secret };
}
