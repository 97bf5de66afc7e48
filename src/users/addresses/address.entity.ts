import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A postal address of a user. Members that only one API has are columns as well, so that no API drops another's. */
export const UserAddressEntity = defineEntity({
  name: 'UserAddress',
  tableName: 'user_addresses',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    userId: p.text(),
    /** Name that people give the address. */
    title: p.text().nullable(),
    /** `home`, `work` ..., as the caller wrote it. */
    type: p.text().nullable(),
    /** The address to use where none is chosen; at most one of a user. */
    isDefault: p.boolean().default(false),
    givenName: p.text().nullable(),
    familyName: p.text().nullable(),
    /** Street, number and the like. */
    details: p.text().nullable(),
    district: p.text().nullable(),
    districtCode: p.text().nullable(),
    town: p.text().nullable(),
    townCode: p.text().nullable(),
    city: p.text().nullable(),
    cityCode: p.text().nullable(),
    region: p.text().nullable(),
    postalCode: p.text().nullable(),
    country: p.text().nullable(),
    /** How to find the place. */
    directions: p.text().nullable(),
    /** The whole address as it is printed. */
    formatted: p.text().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  indexes: [{ name: 'user_addresses__user_id', properties: ['tenantId', 'userId', 'id'] }],
});
export type UserAddress = InferEntity<typeof UserAddressEntity>;
