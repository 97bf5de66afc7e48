import type { ImageDemands } from './image/image-choice.tsx';
import type { InteractionData } from './operations.generated.ts';

export interface Tenant {
  readonly name: string;
  readonly displayName: string;
}

/** An application that the page names; its addresses are links, nothing is loaded from them. */
export interface Application {
  readonly name: string;
  readonly clientUri?: string | null;
  readonly policyUri?: string | null;
  readonly tosUri?: string | null;
}

interface Shared {
  readonly tenant: Tenant | null;
  /** The language of the page (BCP 47), as the server chose it. */
  readonly locale: string;
}

export interface SignInState extends Shared {
  readonly page: 'sign-in';
  readonly handle: string;
  readonly interaction: InteractionData['interaction'];
}

export interface SignOutState extends Shared {
  readonly page: 'sign-out';
  readonly handle: string;
  readonly account: { readonly name: string; readonly username: string } | null;
  readonly application: Application | null;
}

export interface LinkAccountState extends Shared {
  readonly page: 'link-account';
  readonly handle: string;
  readonly provider: string;
  readonly externalName: string;
  readonly account: { readonly userId: string; readonly name: string; readonly username: string };
  readonly application: Application | null;
}

export interface AccountState extends Shared {
  readonly page: 'account';
  /** Address of the page. */
  readonly pageUrl: string;
  readonly signOutUrl: string;
  readonly isPasskeyEnabled: boolean;
}

export interface ImageResetState extends Shared {
  readonly page: 'image-reset';
  readonly tenant: Tenant;
  readonly demands: ImageDemands;
}

export interface SignedOutState extends Shared {
  readonly page: 'signed-out';
  readonly returnTo: string | null;
  readonly application: Application | null;
}

export interface ErrorState extends Shared {
  readonly page: 'error';
  readonly code: string;
  readonly message: string;
  readonly startAgainAt: string | null;
}

/** What the server puts into the page. */
export type PageState =
  | AccountState
  | ImageResetState
  | SignInState
  | SignOutState
  | LinkAccountState
  | SignedOutState
  | ErrorState;

export function readState(): PageState {
  const element = document.getElementById('state');
  return JSON.parse(element?.textContent ?? '') as PageState;
}
