import { z } from 'zod';
import type { ClientRecord } from '../../clients/index.ts';
import { claimedText, TokenRejected, verifyJwt } from '../../crypto/index.ts';
import { type Clock, epochSeconds, isStorableText } from '../../kernel/index.ts';
import { AuthorizationRefused } from '../authorize/refusal.ts';
import { ID_TOKEN_TYPE } from '../tokens/id-token.ts';
import type { FactorAuthority } from './authorities.ts';
import { type AuthorityKeys, AuthorityUnreachable } from './authority-keys.ts';

/** The flow of a client for which another service asks. */
export type FactorFlow = NonNullable<ClientRecord['metadata']['specialFlow']>;

/** Whom another service has identified by a first factor. */
export interface FactorHint {
  /** The user as the other service names them in its tokens for this service; sent back as it came. */
  readonly subject: string;
  /** Id of the user in the directory; null: not named. */
  readonly objectId: string | null;
  /** The name with which the user signs in there; null: not named. */
  readonly username: string | null;
}

/** A hint that is not accepted. The application is not told why, the event is. */
export class HintRefused extends AuthorizationRefused {
  readonly fault: string;

  constructor(fault: string) {
    super('invalid_request', 'id_token_hint is missing or not valid.');
    this.fault = fault;
  }
}

/** Hints are made for one request, and have expired when they are made. */
const MAX_AGE_SECONDS = 600;
/** As long as a text of a name can be. */
const MAX_NAME = 320;

const CLAIMS = z.object({
  sub: z.string().min(1).max(255).refine(isStorableText),
  aud: z.string(),
  iat: z.number(),
  oid: z.guid().optional(),
  preferred_username: z.string().max(MAX_NAME).refine(isStorableText).optional(),
});

export interface FactorHintsDeps {
  readonly keys: Pick<AuthorityKeys, 'find'>;
  readonly clock: Clock;
}

/** Reads the parameter `id_token_hint` of services that ask for a second factor. */
export class FactorHints {
  readonly #deps: FactorHintsDeps;

  constructor(deps: FactorHintsDeps) {
    this.#deps = deps;
  }

  /**
   * Accepts an ID token of the authority for one of the directories of the flow, made for its application in the last ten minutes.
   * @param tenantId The tenant that is asked.
   * @throws HintRefused
   * @throws AuthorizationRefused The keys of the authority cannot be read.
   */
  async read(
    token: string | null,
    flow: FactorFlow,
    authority: FactorAuthority,
    tenantId: string,
  ): Promise<FactorHint> {
    if (token === null) throw new HintRefused('missing');
    const claims = await this.#verified(token, issuerFor(token, flow, authority), tenantId);
    if (claims.aud.toLowerCase() !== flow.applicationId.toLowerCase()) throw new HintRefused('audience-wrong');
    if (epochSeconds(this.#deps.clock.now()) - claims.iat > MAX_AGE_SECONDS) throw new HintRefused('too-old');
    return {
      subject: claims.sub,
      objectId: claims.oid?.toLowerCase() ?? null,
      username: claims.preferred_username ?? null,
    };
  }

  async #verified(token: string, issuer: string, tenantId: string): Promise<z.output<typeof CLAIMS>> {
    const { keys, clock } = this.#deps;
    try {
      const { payload } = await verifyJwt(token, (kid) => keys.find(kid, issuer, tenantId), {
        types: [ID_TOKEN_TYPE],
        algorithms: ['RS256'],
        isIssuer: (name) => name === issuer,
        acceptsExpired: true,
        now: clock.now(),
      });
      const parsed = CLAIMS.safeParse(payload);
      if (!parsed.success) throw new HintRefused('claim-malformed');
      return parsed.data;
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

/** The issuer whose keys a hint is to be verified with, by the directory that it names. @throws HintRefused */
function issuerFor(token: string, { directoryIds }: FactorFlow, { issuerOf }: FactorAuthority): string {
  const named = claimedText(token, 'tid')?.toLowerCase();
  const directoryId = directoryIds.find((id) => id.toLowerCase() === named);
  if (directoryId === undefined) throw new HintRefused('directory-not-allowed');
  return issuerOf(directoryId);
}

function refusalOf(error: unknown): unknown {
  if (error instanceof TokenRejected) return new HintRefused(error.reason);
  if (error instanceof AuthorityUnreachable)
    return new AuthorizationRefused('temporarily_unavailable', 'The keys of the authority cannot be read.');
  return error;
}
