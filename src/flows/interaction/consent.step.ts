import { Authority } from '../../access/index.ts';
import type { ConsentService } from '../../consents/index.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';

/** Stores what the signed-in user allows the application, or that nothing is allowed. */
export function decideConsent(
  consents: Pick<ConsentService, 'grant'>,
  { tenant, actor, client, session, demands }: OpenInteraction,
  isGranted: boolean,
): Advance {
  const { scopes } = demands.consent!;
  return async (state) => {
    if (!isGranted) return { ...state, refusal: 'denied' };
    const { userId, amr } = state.account!;
    const caller = { ...actor, kind: 'user', tenant, userId, amr, sessionId: session?.id ?? null } as const;
    if (client !== null)
      await consents.grant(new Authority(caller, tenant, 'self'), { userId, client: client.client, scopes });
    return { ...state, consented: [...scopes] };
  };
}
