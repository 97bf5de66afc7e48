import type { z } from 'zod';
import type { ErrorKind, IdentityError } from '../../src/kernel/index.ts';
import type { Variables } from './document.ts';

/** How a dialect answers an error. One of its envelopes makes the body. */
export interface LegacyError {
  readonly status: number;
  /** Name of one of the dialect's envelopes. */
  readonly envelope: string;
  /** The dialect's error code. */
  readonly error: string;
  /** Text in place of the error's message. */
  readonly text?: string | ((fault: Omit<Fault, 'text'>) => string);
  /** Legacy field, for errors that name none. */
  readonly pos?: string;
  /** Shows the codes of its fields unchanged, because tenants chose them for their callers. */
  readonly showsFieldCodes?: true;
}

/** One faulty value in the terms of the legacy API. */
export interface FaultItem {
  readonly error: string;
  readonly text: string;
  readonly pos: string;
}

/** What an envelope is made from. */
export interface Fault {
  readonly legacy: LegacyError;
  readonly error: IdentityError;
  readonly text: string;
  /** At least one. */
  readonly items: readonly FaultItem[];
  readonly variables: Variables;
}

/** One of the forms of a dialect's error bodies. */
export interface Envelope {
  /** Shape of a JSON body, for the API description. Absent: no body, or a body of another type. */
  readonly schema?: z.ZodType;
  /** Content type of a body that is not JSON. */
  readonly type?: string;
  /** Makes the body; null for an empty one. */
  readonly body: (fault: Fault) => unknown;
}

/** Why a request is challenged: no credential, an invalid one, a token without the scope, failed client authentication. */
export type ChallengeReason = 'missing' | 'invalid' | 'scope' | 'client';

/** How a dialect answers errors. */
export interface DialectErrors {
  /** By code of the graph and of the engine. Each code has a row; null means on purpose "as its kind". */
  readonly codes: Readonly<Record<string, LegacyError | null>>;
  readonly kinds: Readonly<Record<ErrorKind, LegacyError>>;
  readonly envelopes: Readonly<Record<string, Envelope>>;
  /** Inner code of a faulty field whose code has no row. */
  readonly fieldError: string;
  /** Value of `WWW-Authenticate`. */
  readonly challenge: (reason: ChallengeReason) => string;
}
