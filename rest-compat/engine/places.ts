import type { Context } from 'koa';
import { hostNameOf, originAt } from '../../src/kernel/index.ts';
import type { EngineHost, HostTenant } from './host.ts';
import { decodeSegment } from './input.ts';
import type { Owner } from './owners.ts';
import { problems } from './problems.ts';

/** The tenant of a request, its name for the document, and the public URL of the mount. */
export interface Place {
  readonly tenant: HostTenant | null;
  readonly name: string;
  readonly baseUrl: string;
}

/** Where the service is. */
export interface PlaceOptions {
  /** Public origin of the service; a function if the port is known only after the start. */
  readonly publicUrl: string | (() => string);
  /** Name of the tenant for requests that name none. */
  readonly defaultTenant: string;
}

/** The part of a request that says where it is. */
interface Placed {
  readonly ctx: Context;
  readonly owner: Owner;
  readonly segments: readonly string[];
}

/** Finds the tenants of requests. */
export class Places {
  readonly #host: Pick<EngineHost, 'tenantByHost' | 'tenantByName'>;
  readonly #options: PlaceOptions;

  constructor(host: Pick<EngineHost, 'tenantByHost' | 'tenantByName'>, options: PlaceOptions) {
    this.#host = host;
    this.#options = options;
  }

  /**
   * @throws TENANT_CONFLICT The request names different tenants.
   * @throws PATH_UNKNOWN The mount takes the tenant from the host, which names none.
   * @param others Names that the request has besides that of the prefix.
   * @param isWithoutPrefix Whether only the others name the tenant.
   */
  async of({ ctx, owner, segments }: Placed, others: readonly string[], isWithoutPrefix = false): Promise<Place> {
    const { defaultTenant } = this.#options;
    const { prefix } = owner;
    const origin = this.publicOrigin();
    const header = ctx.req.headers.host ?? '';
    const base = `/${segments.slice(0, prefix.shape.length).join('/')}`;
    if (owner.isNamedByHost) return this.#placeOfHost(header, base, others, isWithoutPrefix);
    const host = origin.endsWith(`://${header}`) ? null : hostNameOf(header);
    const isPublic = host === null || host === hostNameOf(new URL(origin).host);
    const bound = isPublic ? null : await this.#host.tenantByHost(host);
    const own = prefix.parameters[0];
    const first = own === undefined || isWithoutPrefix ? others[0] : decodeSegment(segments[own.at]!);
    if (others.some((other) => other !== first)) throw problems.TENANT_CONFLICT();
    const name = first ?? bound?.name ?? defaultTenant;
    const named = bound !== null && bound.name === name ? bound : await this.#host.tenantByName(name);
    // A host that belongs to a tenant serves only that tenant.
    const tenant = bound !== null && bound.id !== named?.id ? null : named;
    return { tenant, name, baseUrl: `${bound === null ? origin : originAt(origin, host!)}${base}` };
  }

  /** @throws PATH_UNKNOWN The host is not a label before the public host. */
  async #placeOfHost(header: string, base: string, others: readonly string[], isWithoutLabel: boolean): Promise<Place> {
    const host = hostNameOf(header);
    const origin = this.publicOrigin();
    const label = labelOf(header);
    if (label === null || host !== `${label}.${hostNameOf(new URL(origin).host)}`) throw problems.PATH_UNKNOWN();
    const name = isWithoutLabel ? others[0]! : label;
    if (others.some((other) => other !== name)) throw problems.TENANT_CONFLICT();
    return { tenant: await this.#host.tenantByName(name), name, baseUrl: `${originAt(origin, host)}${base}` };
  }

  /** The public origin of the service. */
  publicOrigin(): string {
    const { publicUrl } = this.#options;
    return typeof publicUrl === 'string' ? publicUrl : publicUrl();
  }
}

/** The leftmost label of a `Host` header; null if that names no host. */
export const labelOf = (header: string): string | null => hostNameOf(header)?.split('.', 1)[0] ?? null;
