import type { z } from 'zod';
import type { ErrorKind, IdentityError } from '../../src/kernel/index.ts';
import type { EngineCode, LegacyCode } from './codes.ts';
import type { Variables } from './document.ts';
import type { ValueFault } from './faults.ts';

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
  /** Other answers, by the legacy field of a value that the error names: of several such fields, that of the first. */
  readonly at?: Readonly<Record<string, LegacyError>>;
}

/** Used in place of an answer: the code is answered like its kind. */
export const AS_ITS_KIND = 'as its kind';

/** How a code is answered. */
export type ErrorLine = LegacyError | typeof AS_ITS_KIND;

/** Answers by code. */
export type ErrorLines<C extends string = LegacyCode> = { readonly [Code in C]?: ErrorLine };

/**
 * The table of a dialect: a line for each code that operations of its rows declare, and for each code of the engine;
 * NOT_IMPLEMENTED needs one only where rows are refused. Codes that every field can give and that have no line are answered
 * like their kind.
 */
export type ErrorTable = ErrorLines & Readonly<Record<Exclude<EngineCode, 'NOT_IMPLEMENTED'>, ErrorLine>>;

/** The line of a code, if there is one. */
function lineIn(lines: ErrorLines | undefined, code: string): ErrorLine | undefined {
  return lines?.[code as LegacyCode];
}

/** The line of the row, else of the dialect. */
export const findLine = (
  errors: DialectErrors,
  row: { readonly errors?: ErrorLines | undefined } | null,
  code: string,
): ErrorLine | undefined => lineIn(row?.errors, code) ?? lineIn(errors.codes, code);

/** One faulty value in the terms of the legacy API. */
export interface FaultItem {
  readonly error: string;
  readonly text: string;
  readonly pos: string;
  /** Of a value that does not have its declared shape. */
  readonly at?: ValueFault;
}

/** The part of a row that envelopes read: what the dialect says about it. */
export interface FaultRow {
  readonly method?: string;
  readonly tags?: Readonly<Record<string, string | number>> | undefined;
}

/** What an envelope is made from. */
export interface Fault {
  readonly legacy: LegacyError;
  readonly error: IdentityError;
  readonly text: string;
  /** At least one. */
  readonly items: readonly FaultItem[];
  readonly variables: Variables;
  /** The row of the request; null if its path or its method has none. */
  readonly route: FaultRow | null;
  /** First segment of the path below the mount, for paths without a row; empty if there is none. */
  readonly base: string;
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
  /**
   * By code. The start fails on a code that an operation of its rows declares and that has no line here or in the row, and on
   * a line for a code that none of them gives.
   */
  readonly codes: ErrorTable;
  /** Answers for codes with "as its kind", and for codes of every field without a line. */
  readonly kinds: Readonly<Record<ErrorKind, LegacyError>>;
  readonly envelopes: Readonly<Record<string, Envelope>>;
  /**
   * Whether all faults of a request are listed, path parameters too, in the order in which they are declared, each item of a list
   * on its own. Default: a path parameter of a wrong shape is NOT_FOUND, a body that is no object is BODY_MALFORMED, and of the
   * items of a list the first faulty one is named.
   */
  readonly listsEveryFault?: true;
  /** Inner code of a faulty field whose code has no line. */
  readonly fieldError: string;
  /** Value of `WWW-Authenticate`. */
  readonly challenge: (reason: ChallengeReason) => string;
}
