import type { EventLog } from '../../events/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { OfferedGrantName } from '../issuers/issuers.ts';
import type { MadeToken } from '../tokens/access-token.ts';
import type { TokenStore } from '../tokens/token.store.ts';
import type { GrantRequest } from './grant.ts';
import { tokenIssued } from './issued-event.ts';

export interface RecordTokenDeps {
  readonly db: Database;
  readonly tokens: TokenStore;
  readonly events: EventLog;
}

/** Writes the event of a token without a refresh token, and its row if it is opaque: then it is valid. */
export async function recordToken(
  { events, db, tokens }: RecordTokenDeps,
  request: GrantRequest,
  grantType: OfferedGrantName,
  made: MadeToken,
  now: Date,
): Promise<void> {
  const { caller, tenant } = request;
  const event = tokenIssued(request, grantType, made);
  if (made.row === null) {
    await events.append(caller, tenant, event);
    return;
  }
  const { row } = made;
  await db.transaction(async () => {
    await tokens.insertOpaque(tenant.id, row, now);
    events.record(caller, tenant, event);
  });
}
