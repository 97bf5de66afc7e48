import type { Authority } from '../access/index.ts';
import type { ApiKeyService } from '../api-keys/index.ts';
import type { CredentialService, SecurityQuestionService } from '../auth-modes/index.ts';
import type { FederationLinkService } from '../federation/index.ts';
import type { SessionService } from '../sessions/index.ts';

export interface EarlierAccessDeps {
  readonly credentials: Pick<CredentialService, 'discardAllOf'>;
  readonly questions: Pick<SecurityQuestionService, 'discardOf'>;
  readonly links: Pick<FederationLinkService, 'discardAllOf'>;
  readonly keys: Pick<ApiKeyService, 'discardAllOf'>;
  readonly sessions: Pick<SessionService, 'revokeAllOf'>;
}

/**
 * What gave access to an account before somebody proved its address: a person who made the account with the address of another one has
 * the password, the second factors, the linked accounts, the API keys and the sessions (account pre-hijacking).
 */
export class EarlierAccess {
  readonly #deps: EarlierAccessDeps;

  constructor(deps: EarlierAccessDeps) {
    this.#deps = deps;
  }

  /** Ends all of it, inside the unit of work that confirms the address. @param own The user who has just proved the address. */
  async end(own: Authority, userId: string): Promise<void> {
    const { credentials, questions, links, keys, sessions } = this.#deps;
    await credentials.discardAllOf(own, userId);
    await questions.discardOf(own, userId);
    await links.discardAllOf(own, userId);
    await keys.discardAllOf(own, userId);
    await sessions.revokeAllOf(own, userId);
  }
}
