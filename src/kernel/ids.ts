import { v7 } from 'uuid';

declare const brand: unique symbol;
type Branded<T extends string> = string & { readonly [brand]: T };

/** UUID of a tenant; leads every key of every table. */
export type TenantId = Branded<'TenantId'>;
/** Public id of a user: 1...128 of `A-Za-z0-9_.-`, unique per tenant, the same in every dialect (model.md section 5). */
export type UserId = Branded<'UserId'>;

/** UUID version 7 (RFC 9562 section 5.7): ids made later sort later, so new rows stay at the end of the index. */
export function newId(): string {
  return v7();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a value has the text form of a UUID of any version. A malformed one must not reach a uuid column. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
