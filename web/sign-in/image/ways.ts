import type { ImageProofClient } from '../../zero-knowledge/client.ts';
import type { Branch, StepOf } from '../flow.ts';
import type { Demands } from '../operations.generated.ts';

/** What people with an image do in place of the step for the password. */
export interface ImageWays {
  /** @param username Default: that of the step. */
  readonly signIn: (username?: string) => Branch;
  readonly register: () => Branch;
  /** The address of the new account has to be confirmed before anybody signs in. */
  readonly confirm: (account: { readonly username: string; readonly email: string }) => Branch;
  /** @param clientId Of the application. */
  readonly lose: (clientId: string, username: string) => Branch;
  readonly mailed: (username: string) => Branch;
}

/** What each of them needs. */
export interface WayProps {
  readonly step: StepOf<'PasswordStep'>;
  readonly demands: Demands;
  readonly client: ImageProofClient;
  readonly ways: ImageWays;
}
