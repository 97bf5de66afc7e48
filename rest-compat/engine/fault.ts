import type { z } from 'zod';
import type { ErrorKind, IdentityError } from '../../src/kernel/index.ts';
import type { Variables } from './document.ts';

/** What a legacy caller sees of an error. The dialect's envelopes turn it into a body. */
export interface LegacyError {
  readonly status: number;
  /** Name of one of the dialect's envelopes. */
  readonly envelope: string;
  /** The dialect's error code. */
  readonly error: string;
  /** Text instead of the graph's own message. */
  readonly text?: string | ((fault: Omit<Fault, 'text'>) => string);
  /** Legacy field, where the error names none. */
  readonly pos?: string;
  /** The codes of its fields are words that tenants chose for their callers, and are shown as they are. */
  readonly showsFieldCodes?: true;
}

/** One faulty value in the legacy caller's words. */
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

/** One of the forms in which a dialect shows errors. */
export interface Envelope {
  /** Shape of a JSON body, for the API description. Absent: no body, or none of JSON. */
  readonly schema?: z.ZodType;
  /** Content type of a body that is no JSON. */
  readonly type?: string;
  /** Makes the body; null is an empty one. */
  readonly body: (fault: Fault) => unknown;
}

/** Why a request is challenged: no credential, a bad one, a token without the scope, a client that failed. */
export type ChallengeReason = 'missing' | 'invalid' | 'scope' | 'client';

/** How a dialect speaks of errors. */
export interface DialectErrors {
  /** By code of the graph and of the engine. Each code has a row; null means on purpose "as its kind". */
  readonly codes: Readonly<Record<string, LegacyError | null>>;
  readonly kinds: Readonly<Record<ErrorKind, LegacyError>>;
  readonly envelopes: Readonly<Record<string, Envelope>>;
  /** Inner code of a faulty field whose own code has no row. */
  readonly fieldError: string;
  /** Value of `WWW-Authenticate`. */
  readonly challenge: (reason: ChallengeReason) => string;
}
