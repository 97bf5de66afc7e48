import type { Authority } from '../../access/index.ts';
import type { InteractionStepService } from '../../flows/index.ts';
import { type BrowserPort, IdentityError } from '../../kernel/index.ts';
import type { AuthorizationAnswer } from '../authorize/answer.ts';
import type { AuthorizationService } from '../authorize/authorization.service.ts';
import { resumingIssuer } from '../authorize/exchange.ts';
import { EXTERNAL_FACTOR, type ExternalFactorService } from '../external-factor/external-factor.service.ts';

export interface TicketSignInDeps {
  readonly interactionSteps: Pick<InteractionStepService, 'useTicket'>;
  readonly authorization: Pick<AuthorizationService, 'assertNotEnded' | 'resume'>;
  readonly externalFactor: Pick<ExternalFactorService, 'resume'>;
}

/** Signs users in by tickets, for pages of applications, which send the browser here once. */
export class TicketSignInService {
  readonly #deps: TicketSignInDeps;

  constructor(deps: TicketSignInDeps) {
    this.#deps = deps;
  }

  /**
   * Begins the session of a ticket in the browser that began the sign-in, and answers what began it. Where something is left to do, the
   * answer is the page of the sign-in.
   * @throws What `InteractionStepService.useTicket` throws, and nothing has begun then.
   * @throws AUTHORIZATION_ENDED The sign-in was answered before.
   * @throws What resuming the sign-in throws, in `AuthorizationService.resume` or `ExternalFactorService.resume`.
   */
  async signIn(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    ticket: string,
  ): Promise<AuthorizationAnswer> {
    const { authorization, externalFactor } = this.#deps;
    const { kind, continueAt } = await this.#use(authority, browser, handle, ticket);
    if (kind === EXTERNAL_FACTOR) return externalFactor.resume(authority, browser, handle);
    const issuerKind = resumingIssuer(kind);
    if (issuerKind !== null) return authorization.resume(authority, browser, { issuerKind, handle });
    return { kind: 'redirect', redirectTo: continueAt };
  }

  async #use(authority: Authority, browser: BrowserPort | null, handle: string, ticket: string) {
    const { interactionSteps, authorization } = this.#deps;
    try {
      return await interactionSteps.useTicket(authority, browser, handle, ticket);
    } catch (error) {
      if (error instanceof IdentityError && error.code === 'INTERACTION_NOT_FOUND')
        await authorization.assertNotEnded(authority, handle);
      throw error;
    }
  }
}
