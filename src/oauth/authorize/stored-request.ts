import type { ClientRecord } from '../../clients/index.ts';
import type { AuthorizationRequest, Prompt } from './request.ts';

/**
 * What an interaction keeps of a request: what the checks made of it, so that neither an ID token nor any unknown parameter is
 * stored. The client is read again afterwards, because it may have changed.
 */
export interface StoredRequest extends Omit<AuthorizationRequest, 'client' | 'prompts'> {
  readonly issuerKind: string;
  readonly issuerHost: string | null;
  readonly clientId: string;
  readonly prompts: readonly Prompt[];
  /** Whether the user was already asked for a further factor that the application wishes. */
  readonly isSteppedUp: boolean;
}

/** What a request belongs to. */
export type StoredContext = Pick<StoredRequest, 'issuerKind' | 'issuerHost' | 'isSteppedUp'>;

export function storeRequest(
  { client, prompts, ...request }: AuthorizationRequest,
  context: StoredContext,
): StoredRequest {
  return { ...request, ...context, clientId: client.client.clientId, prompts: [...prompts] };
}

/** The request again. @param client The client as it is now. */
export function restoreRequest(stored: StoredRequest, client: ClientRecord): AuthorizationRequest {
  const { issuerKind: _kind, issuerHost: _host, clientId: _clientId, isSteppedUp: _isSteppedUp, ...request } = stored;
  return { ...request, client, prompts: new Set(stored.prompts) };
}
