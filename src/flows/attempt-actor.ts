import type { EventActor } from '../events/index.ts';

/** What is known of somebody who is not proved yet. */
export type AttemptOrigin = Pick<EventActor, 'clientId' | 'clientAuth' | 'origin'>;

/** The actor of an attempt, whose user is not known yet. */
export const toActor = ({ origin, clientId, clientAuth }: AttemptOrigin): EventActor => ({
  kind: 'anonymous',
  userId: null,
  clientId,
  clientAuth,
  sessionId: null,
  origin,
});
