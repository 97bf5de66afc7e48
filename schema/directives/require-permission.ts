import type { ScopeString } from '../../src/access/index.ts';
import type { GraphContext } from '../context.ts';
import { authorise } from './enforce.ts';

/**
 * Requires a permission on the tenant of the operation, beside those of the field: for arguments that tell more than the field does.
 * @throws FORBIDDEN
 */
export function requirePermission(
  { caller, authority }: Pick<GraphContext, 'caller' | 'authority'>,
  permission: ScopeString,
): void {
  const { reach, only } = authorise(caller, authority.tenant, [[permission]]);
  // A permission for one object alone tells nothing about all of them.
  authority.withReach(reach, only).requireOnly('');
}
