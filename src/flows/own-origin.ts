import { hostNameOf, originAt, type TenantRef } from '../kernel/index.ts';
import { isHostOf, type TenantDirectory } from '../tenants/index.ts';

export interface OwnOriginDeps {
  /** Public origin of the service. */
  readonly publicUrl: string;
  readonly directory: Pick<TenantDirectory, 'byHost'>;
}

/**
 * The origin at which a request reached a tenant: that of its host where this is bound to the tenant, else that of the service.
 * @param host `Origin.host` of the request.
 */
export async function originOfRequest(
  { publicUrl, directory }: OwnOriginDeps,
  tenant: Pick<TenantRef, 'id'>,
  host: string | null | undefined,
): Promise<string> {
  const name = host == null ? null : hostNameOf(host);
  const isBound = name !== null && (await isHostOf(directory, tenant, name));
  return isBound ? originAt(publicUrl, name) : new URL(publicUrl).origin;
}

/** Whether an address is one of the service, or of a host that is bound to the tenant. */
export async function isOwnAddress(
  { publicUrl, directory }: OwnOriginDeps,
  tenant: Pick<TenantRef, 'id'>,
  url: URL,
): Promise<boolean> {
  if (url.origin === new URL(publicUrl).origin) return true;
  const host = hostNameOf(url.host);
  return host !== null && url.origin === originAt(publicUrl, host) && isHostOf(directory, tenant, host);
}
