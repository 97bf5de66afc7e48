import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A group of users. `profile` separates directories of groups: `groups` is the common one, others are organisations. */
export const GroupEntity = defineEntity({
  name: 'Group',
  tableName: 'groups',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    profile: p.string().length(64).default('groups'),
    /**
     * Id chosen by callers for a group of an organisation directory, unique per profile. Equals `id` if none was chosen.
     */
    key: p.text(),
    parentId: p.uuid().nullable(),
    name: p.text(),
    /** The name folded (NFKC, lower case): among siblings of profile `groups` it is unique. Kept by the store. */
    foldedName: p.text(),
    /** `/parent/child`, kept by the store. */
    path: p.text(),
    attributes: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    externalId: p.text().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  // Key before profile, because a look-up may know the key only.
  uniques: [{ name: 'groups__key', properties: ['tenantId', 'key', 'profile'] }],
  indexes: [
    { name: 'groups__parent_id', properties: ['tenantId', 'parentId'] },
    { name: 'groups__profile', properties: ['tenantId', 'profile', 'id'] },
    { name: 'groups__external_id', properties: ['tenantId', 'externalId'] },
  ],
});
export type Group = InferEntity<typeof GroupEntity>;

/**
 * Characters of the path that order lists of groups: an entry of an index holds 2.7 KB, and a path of 32 names may have 33 KB.
 * Those of one beginning are in the order of time.
 */
export const PATH_ORDER_LENGTH = 500;

/** Search rows of attributes, as for users. Kept by the store. */
export const GroupAttributeKeyEntity = defineEntity({
  name: 'GroupAttributeKey',
  tableName: 'group_attribute_keys',
  properties: {
    tenantId: p.uuid().primary(),
    name: p.text().primary(),
    /** Compared by bytes, so that order does not depend on the collation of the database. */
    valueKey: p.text().collation('C').primary(),
    groupId: p.uuid().primary(),
  },
  indexes: [{ name: 'group_attribute_keys__group_id', properties: ['tenantId', 'groupId'] }],
});

export const GroupMemberEntity = defineEntity({
  name: 'GroupMember',
  tableName: 'group_members',
  properties: {
    tenantId: p.uuid().primary(),
    groupId: p.uuid().primary(),
    userId: p.text().primary(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'group_members__user_id', properties: ['tenantId', 'userId'] }],
});
export type GroupMember = InferEntity<typeof GroupMemberEntity>;

/** A group of the tree inside another one, beside its place in the tree. */
export const GroupEdgeEntity = defineEntity({
  name: 'GroupEdge',
  tableName: 'group_edges',
  properties: {
    tenantId: p.uuid().primary(),
    groupId: p.uuid().primary(),
    /** The group inside. */
    childId: p.uuid().primary(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'group_edges__child_id', properties: ['tenantId', 'childId'] }],
});

/** A group of the tree that new users of the tenant join. */
export const DefaultGroupEntity = defineEntity({
  name: 'DefaultGroup',
  tableName: 'default_groups',
  properties: {
    tenantId: p.uuid().primary(),
    groupId: p.uuid().primary(),
    createdAt: p.datetime(),
  },
});
