import type { ClientStore } from '../clients/index.ts';
import { CLIENT_ID } from '../clients/index.ts';
import { isStorableText } from '../kernel/index.ts';
import type { GroupStore } from '../roles/index.ts';
import { isUserIdShaped, type UserStore } from '../users/index.ts';
import type { RIGHT_OBJECT_KINDS, RIGHT_SUBJECT_KINDS } from './right.entity.ts';

export type RightSubjectKind = (typeof RIGHT_SUBJECT_KINDS)[number];
export type RightObjectKind = (typeof RIGHT_OBJECT_KINDS)[number];

/** A subject as callers name it. */
export type RightSubjectRef =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'application'; readonly clientId: string };

/** An object as callers name it; a group by its UUID, or by its profile and the key it has there. */
export type RightObjectRef =
  | RightSubjectRef
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'group'; readonly profile: string; readonly key: string };

/** A subject or object that exists. */
export interface RightParty<K extends RightObjectKind = RightObjectKind> {
  readonly kind: K;
  /** Id stored with the right: public id of a user, UUID of a group or client. */
  readonly id: string;
  /** Id that callers use: public id of a user, key of a group, `client_id`. */
  readonly key: string;
  /** Of a group; null for the others. */
  readonly profile: string | null;
}

export interface RightPartiesDeps {
  readonly users: Pick<UserStore, 'findById'>;
  readonly clients: Pick<ClientStore, 'findByClientId' | 'findMany'>;
  readonly groups: Pick<GroupStore, 'findById' | 'findByKey' | 'findMany'>;
}

/** A side of a stored right. */
export interface StoredParty {
  readonly kind: string;
  readonly id: string;
}

const MAX_KEY = 255;
const isKey = (text: string): boolean => text !== '' && text.length <= MAX_KEY && isStorableText(text);

/** Finds the subjects and objects of rights through the modules that own them. */
export class RightParties {
  readonly #deps: RightPartiesDeps;

  constructor(deps: RightPartiesDeps) {
    this.#deps = deps;
  }

  /** Null when the tenant has none. Runs no query for a name that no user, group or application can have. */
  async find(tenantId: string, ref: RightObjectRef): Promise<RightParty | null> {
    if (ref.kind === 'user') return this.#user(tenantId, ref.id);
    if (ref.kind === 'application') return this.#application(tenantId, ref.clientId);
    return this.#group(tenantId, ref);
  }

  async findSubject(tenantId: string, ref: RightSubjectRef): Promise<RightParty<RightSubjectKind> | null> {
    return (await this.find(tenantId, ref)) as RightParty<RightSubjectKind> | null;
  }

  async #user(tenantId: string, id: string): Promise<RightParty | null> {
    const user = isUserIdShaped(id) ? await this.#deps.users.findById(tenantId, id) : null;
    return user === null ? null : userParty(user.id);
  }

  async #application(tenantId: string, clientId: string): Promise<RightParty | null> {
    const client = CLIENT_ID.test(clientId) ? await this.#deps.clients.findByClientId(tenantId, clientId) : null;
    return client === null ? null : { kind: 'application', id: client.id, key: client.clientId, profile: null };
  }

  async #group(tenantId: string, ref: RightObjectRef & { kind: 'group' }): Promise<RightParty | null> {
    const { groups } = this.#deps;
    const group =
      'id' in ref
        ? await groups.findById(tenantId, ref.id)
        : isKey(ref.profile) && isKey(ref.key)
          ? await groups.findByKey(tenantId, ref.profile, ref.key)
          : null;
    return group === null ? null : { kind: 'group', id: group.id, key: group.key, profile: group.profile };
  }

  /** The parties of stored rights by `kind id`, in one statement for each kind; users are named by what is stored. */
  async named(tenantId: string, stored: readonly StoredParty[]): Promise<ReadonlyMap<string, RightParty>> {
    const { clients, groups } = this.#deps;
    const ids = (kind: string) => [...new Set(stored.filter((party) => party.kind === kind).map(({ id }) => id))];
    const [foundClients, foundGroups] = await Promise.all([
      clients.findMany(tenantId, ids('application')),
      groups.findMany(tenantId, ids('group')),
    ]);
    const parties: RightParty[] = [
      ...ids('user').map(userParty),
      ...[...foundClients.values()].map(
        ({ id, clientId }): RightParty => ({ kind: 'application', id, key: clientId, profile: null }),
      ),
      ...[...foundGroups.values()].map(({ id, key, profile }): RightParty => ({ kind: 'group', id, key, profile })),
    ];
    return new Map(parties.map((party) => [partyKey(party), party]));
  }
}

/** The key of a party in the map of `named`. */
export const partyKey = ({ kind, id }: StoredParty): string => `${kind} ${id}`;

const userParty = (id: string): RightParty => ({ kind: 'user', id, key: id, profile: null });
