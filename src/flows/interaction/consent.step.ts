import type { ConsentService } from '../../consents/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { authorityOfProved } from './proved-account.ts';

/** Stores what the signed-in user allows the application, or that nothing is allowed. */
export function decideConsent(
  consents: Pick<ConsentService, 'grant'>,
  open: OpenInteraction,
  isGranted: boolean,
): Advance {
  const { client, demands } = open;
  const { scopes } = demands.consent!;
  return async (state) => {
    if (!isGranted) return { ...state, refusal: 'denied' };
    const { userId } = state.account!;
    if (client !== null) await consents.grant(authorityOfProved(open), { userId, client: client.client, scopes });
    return { ...state, consented: [...scopes] };
  };
}
