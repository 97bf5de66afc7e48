import { MAX_APPS } from '../totp/totp.service.ts';
import { type ForeignCredential, type ReadCredential, readForeignCredential } from './foreign-credential.ts';

type Readable = Extract<ReadCredential, { readonly kind: 'password-hash' | 'totp' }>;

/** A credential that is not taken over. */
export interface CredentialFault {
  /** Why, such as `HASH_UNKNOWN`. */
  readonly reason: string;
  /** Where it stands: `credentials.0` is the first. */
  readonly at: string;
}

/** The credentials of a new user, as far as they can be read. */
export interface ReadCredentials {
  /** A password in plain text, which is hashed as one that is typed here; null: there is none. */
  readonly password: string | null;
  /** Credentials to be written as they are. */
  readonly foreign: readonly { readonly foreign: ForeignCredential; readonly read: Readable }[];
  /** Whether the user has to choose a password at the next sign-in: one is temporary, or none of them can be read. */
  readonly demandsPassword: boolean;
  readonly faults: readonly CredentialFault[];
}

const isPassword = ({ kind }: ReadCredential): boolean => kind === 'password-hash' || kind === 'plain-password';

/** Reads the credentials of a user. Of several passwords the first counts, of apps the first ten. */
export function readForeignCredentials(credentials: readonly ForeignCredential[]): ReadCredentials {
  const faults: CredentialFault[] = [];
  const foreign: { readonly foreign: ForeignCredential; readonly read: Readable }[] = [];
  let apps = 0;
  let password: string | null = null;
  let hasPassword = false;
  let demandsPassword = false;
  for (const [at, one] of credentials.entries()) {
    const read = readForeignCredential(one);
    const report = (reason: string): void => {
      faults.push({ reason, at: `credentials.${at}` });
    };
    if (read.kind === 'unreadable') {
      report(read.reason);
      demandsPassword ||= one.type === 'password' && !hasPassword;
      continue;
    }
    if (isPassword(read) && hasPassword) {
      report('DUPLICATE');
      continue;
    }
    if (read.kind === 'totp' && apps === MAX_APPS) {
      report('TOTP_LIMIT_REACHED');
      continue;
    }
    if (read.kind === 'totp') apps += 1;
    if (isPassword(read)) {
      hasPassword = true;
      demandsPassword = one.temporary === true;
    }
    if (read.kind === 'plain-password') password = read.password;
    else foreign.push({ foreign: one, read });
  }
  return { password, foreign, demandsPassword, faults };
}
