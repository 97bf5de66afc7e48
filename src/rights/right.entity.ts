import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Who can hold a right. */
export const RIGHT_SUBJECT_KINDS = ['user', 'application'] as const;
/** On what a right can be held. */
export const RIGHT_OBJECT_KINDS = ['user', 'group', 'application'] as const;

/**
 * A generated copy of the id, which a foreign key can check, so that a right is deleted together with its subject or
 * object. The expression is written as PostgreSQL returns it; otherwise the schema comparison would report a difference.
 */
const idOf = (side: 'subject' | 'object', kind: string, type: 'text' | 'uuid') =>
  `(case when ${side}_kind = '${kind}' then ${side}_id::${type} else null end) stored`;

/** A right of a subject on an object. The deployment decides what its name allows. */
export const RightEntity = defineEntity({
  name: 'Right',
  tableName: 'rights',
  properties: {
    tenantId: p.uuid().primary(),
    /** `user` or `application`. */
    subjectKind: p.string().length(12).primary(),
    /** Public id of a user, or UUID of a client. */
    subjectId: p.text().primary(),
    /** `user`, `group` or `application`. */
    objectKind: p.string().length(12).primary(),
    /** Public id of a user, or UUID of a group or client. */
    objectId: p.text().primary(),
    name: p.text().primary(),
    /** Who set it, or why; never empty. Sorted. */
    tags: p.array().columnType('text[]'),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    subjectUserId: p
      .text()
      .nullable()
      .generated(idOf('subject', 'user', 'text')),
    subjectClientUuid: p
      .uuid()
      .nullable()
      .generated(idOf('subject', 'application', 'uuid')),
    objectUserId: p
      .text()
      .nullable()
      .generated(idOf('object', 'user', 'text')),
    objectGroupId: p
      .uuid()
      .nullable()
      .generated(idOf('object', 'group', 'uuid')),
    objectClientUuid: p
      .uuid()
      .nullable()
      .generated(idOf('object', 'application', 'uuid')),
  },
  indexes: [
    { name: 'rights__object', properties: ['tenantId', 'objectKind', 'objectId'] },
    { name: 'rights__subject_user_id', properties: ['tenantId', 'subjectUserId'] },
    { name: 'rights__subject_client_uuid', properties: ['tenantId', 'subjectClientUuid'] },
    { name: 'rights__object_user_id', properties: ['tenantId', 'objectUserId'] },
    { name: 'rights__object_group_id', properties: ['tenantId', 'objectGroupId'] },
    { name: 'rights__object_client_uuid', properties: ['tenantId', 'objectClientUuid'] },
  ],
});
export type RightRow = InferEntity<typeof RightEntity>;
