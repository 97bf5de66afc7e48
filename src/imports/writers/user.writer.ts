import type { Authority } from '../../access/index.ts';
import { type ForeignCredentialService, UPDATE_PASSWORD } from '../../auth-modes/index.ts';
import type { FederationLinkService } from '../../federation/index.ts';
import {
  type NewAccountDeps,
  type PreparedAccount,
  type ProvisionUserFlow,
  prepareAccount,
} from '../../flows/index.ts';
import { invalidField, kernelErrors } from '../../kernel/index.ts';
import { toColumnSet } from '../../persistence/index.ts';
import type { GroupMemberService, RoleGrantService } from '../../roles/index.ts';
import type { CreateUser, UserService } from '../../users/index.ts';
import { hasPlainPassword, readCredentials } from '../credentials.ts';
import type { AccountInput, RowOf, UserInput } from '../import-row.ts';
import { writingParts } from '../part-writer.ts';
import type { References } from '../references.ts';
import type { RowWriter } from '../row-writer.ts';

export interface UserWriterDeps extends NewAccountDeps {
  readonly users: NewAccountDeps['users'] &
    Pick<
      UserService,
      'findByUsername' | 'findMany' | 'findServiceAccount' | 'insertMany' | 'isUniqueEmailTaken' | 'takenUsernames'
    >;
  readonly provisionUser: Pick<ProvisionUserFlow, 'configure'>;
  readonly foreignCredentials: Pick<ForeignCredentialService, 'add'>;
  readonly federationLinks: Pick<FederationLinkService, 'link' | 'linkNew'>;
  readonly roleGrants: Pick<RoleGrantService, 'grantToUsers'>;
  readonly groupMembers: Pick<GroupMemberService, 'joinEach'>;
  readonly references: References;
}

type UserRow = RowOf<'user'>;

/** A row that is ready to be written. */
interface Prepared {
  /** Whether the account was there when its row was prepared; then its password was not hashed. */
  readonly isThere: boolean;
  readonly account: PreparedAccount;
  readonly credentials: ReturnType<typeof readCredentials>;
}

/** Whether users are there is all that is asked. */
const NO_COLUMNS = toColumnSet([]);

/** Most items of each list of a row. */
const MAX_ITEMS = 1_000;

/** @throws INVALID_INPUT */
function assertBounded(input: UserInput): void {
  for (const list of ['credentials', 'links', 'groups', 'roles'] as const)
    if (input[list].length > MAX_ITEMS)
      throw invalidField(`input.${list}`, 'LIST_TOO_LONG', `At most ${MAX_ITEMS} items.`);
}

const credentialsOf = ({ name, input }: UserRow) => readCredentials(name, input.credentials);

/** The account, which has to get a password where the one of the import cannot be used any longer. */
const demanding = (user: CreateUser, isDemanded: boolean): CreateUser =>
  isDemanded ? { ...user, requiredActions: [...new Set([...(user.requiredActions ?? []), UPDATE_PASSWORD])] } : user;

/** An account that is there, and what a row gives it. */
interface Receiver {
  readonly userId: string;
  readonly input: AccountInput;
}

/** Gives accounts roles and groups, with as many statements for many as for one. */
async function give(
  { groupMembers, references, roleGrants }: UserWriterDeps,
  authority: Authority,
  receivers: readonly Receiver[],
): Promise<void> {
  const withRoles = receivers.filter(({ input }) => input.roles.length > 0);
  const lists = await references.toReferencesOfEach(
    authority,
    withRoles.map(({ input }) => input.roles),
  );
  if (withRoles.length > 0)
    await roleGrants.grantToUsers(
      authority,
      withRoles.map(({ userId }, at) => ({ userId, roles: lists[at]! })),
    );
  const joining = receivers.flatMap(({ userId, input }) =>
    input.groups.length === 0 ? [] : [{ userId, groups: input.groups.map((path) => ({ path })) }],
  );
  if (joining.length > 0) await groupMembers.joinEach(authority, joining);
}

const toLinks = (userId: string, { links }: UserInput) =>
  links.map(({ provider, externalId, externalName }) => ({
    userId,
    provider: { name: provider },
    externalId,
    externalName: externalName ?? undefined,
  }));

/**
 * Writes users with their roles, groups, credentials and links. A user who is there already keeps its credentials, and roles, groups
 * and links that the row does not name.
 */
export function userWriter(deps: UserWriterDeps): RowWriter<'user'> {
  const ready = new WeakMap<UserRow, Prepared>();
  const find = async (authority: Authority, name: string) => {
    const user = await deps.users.findByUsername(authority, name);
    return user === null ? null : { id: user.id, isBuiltin: false };
  };
  /** Gives users who were made what else their rows have. */
  const complete = async (authority: Authority, made: ReadonlyMap<UserRow, string>): Promise<void> => {
    const receivers = [...made].map(([{ input }, userId]) => ({ userId, input }));
    const toAdd = [...made].flatMap(([row, userId]) =>
      ready.get(row)!.credentials.foreign.map((credential) => ({ userId, ...credential })),
    );
    if (toAdd.length > 0) await deps.foreignCredentials.add(authority, toAdd);
    for (const [row, userId] of made) {
      const { password } = ready.get(row)!.account;
      if (password !== null) await deps.passwords.add(authority, userId, password);
    }
    await give(deps, authority, receivers);
    const links = receivers.flatMap(({ userId, input }) => toLinks(userId, input));
    if (links.length > 0) await deps.federationLinks.linkNew(authority, links);
  };
  return {
    needs: [
      'user:create',
      'user:write',
      'auth-mode:write',
      'password:set',
      'credential:write',
      'role-grant:write',
      'group-member:write',
      'federation-link:write',
    ],
    events: ({ input: { credentials, groups, links, roles } }) =>
      2 + credentials.length + groups.length + links.length + roles.length,
    faults: (row) => (ready.get(row)?.credentials ?? credentialsOf(row)).faults,
    prepare: async (authority, row) => {
      assertBounded(row.input);
      const credentials = credentialsOf(row);
      const isThere = hasPlainPassword(row.input.credentials) && (await find(authority, row.name)) !== null;
      const user = demanding(row.input.user, credentials.demandsPassword);
      const password = isThere ? null : credentials.password;
      const account = await prepareAccount(deps, authority, user, password);
      ready.set(row, { isThere, account: { ...account, user: { ...account.user, isForeign: true } }, credentials });
    },
    find: (authority, { name }) => find(authority, name),
    hasRival: async (authority, { input: { user } }) =>
      user.email != null && (await deps.users.isUniqueEmailTaken(authority, user.email)),
    there: async (authority, rows) => {
      const taken = await deps.users.takenUsernames(
        authority,
        rows.map(({ name }) => name),
      );
      // Users who were renamed since are found by the ids that they brought.
      const others = rows.flatMap(({ name, input }) => (taken.has(name) ? [] : (input.user.id ?? [])));
      const ids = others.length === 0 ? new Map() : await deps.users.findMany(authority.tenant.id, others, NO_COLUMNS);
      const isThere = ({ name, input }: UserRow) => taken.has(name) || ids.has(input.user.id ?? '');
      return new Set(rows.filter(isThere));
    },
    addMany: async (authority, given) => {
      const rows = given.filter((row) => !ready.get(row)!.isThere);
      if (rows.length === 0) return new Map();
      const accounts = rows.map((row) => ready.get(row)!.account);
      const results = await deps.users.insertMany(
        authority,
        accounts.map(({ user }) => user),
      );
      const made = new Map(
        rows.flatMap((row, at) => {
          const { user } = results[at]!;
          return user === null ? [] : [[row, user.id] as const];
        }),
      );
      await complete(authority, made);
      return made;
    },
    add: async (authority, row) => {
      const { account, isThere } = ready.get(row)!;
      // It was deleted since, and its password was not hashed.
      if (isThere) throw kernelErrors.CONFLICT();
      const { id } = await deps.users.insert(authority, account.user);
      await complete(authority, new Map([[row, id]]));
      return id;
    },
    change: async (authority, userId, { input }) => {
      const { id: _id, createdAt: _createdAt, enabled = true, ...user } = input.user;
      await deps.provisionUser.configure(authority, userId, { ...user, enabled, replacesAttributes: true });
      await give(deps, authority, [{ userId, input }]);
      for (const link of toLinks(userId, input)) await deps.federationLinks.link(authority, link);
    },
  };
}

/** Gives accounts of clients their roles and groups; those that they have stay. */
export const serviceAccountWriter = (deps: UserWriterDeps): RowWriter<'serviceAccount'> => ({
  needs: ['role-grant:write', 'group-member:write'],
  events: ({ input }) => input.groups.length + input.roles.length,
  ...writingParts(async (authority, { name, input }) => {
    const clientUuid = await deps.references.requiredClient(authority, name);
    const account = await deps.users.findServiceAccount(authority.tenant.id, clientUuid);
    if (account === null) throw kernelErrors.NOT_FOUND({ message: 'The client has no service account.' });
    await give(deps, authority, [{ userId: account.id, input }]);
    return account.id;
  }),
});
