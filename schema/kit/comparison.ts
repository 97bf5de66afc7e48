import { Field, InputType, registerEnumType } from 'type-graphql';

export enum ComparisonOperator {
  EQ = 'eq',
  NE = 'ne',
  LT = 'lt',
  LE = 'le',
  GT = 'gt',
  GE = 'ge',
}
registerEnumType(ComparisonOperator, {
  name: 'ComparisonOperator',
  description: 'How a stored value is compared with the given one. A list matches when one of its items matches.',
  valuesConfig: {
    EQ: { description: 'Equal.' },
    NE: { description: 'No stored value is equal; also matches when there is no value.' },
    LT: { description: 'Less.' },
    LE: { description: 'Less or equal.' },
    GT: { description: 'Greater.' },
    GE: { description: 'Greater or equal.' },
  },
});

export enum ComparisonType {
  TEXT = 'text',
  NUMBER = 'number',
}
registerEnumType(ComparisonType, {
  name: 'ComparisonType',
  description: 'How values are interpreted in a comparison.',
  valuesConfig: {
    TEXT: { description: 'As texts, by code point, ignoring case; only the first 255 characters are compared.' },
    NUMBER: { description: 'As numbers; values that are not numbers do not match.' },
  },
});

/** The members of a comparison besides its subject. Keep it flat: the compiler of documents expands nested input types. */
@InputType({ description: 'A comparison with a value.' })
export class ComparisonInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Name of an attribute. Of a list only the first eight items are compared. Give either this or `field`.',
  })
  attribute?: string | null;
  @Field(() => ComparisonOperator, { nullable: true, description: 'How the values are compared. Default EQ.' })
  operator?: ComparisonOperator | null;
  @Field(() => String, { description: 'The value to compare with; write numbers and booleans as text.' })
  value!: string;
  @Field(() => ComparisonType, {
    nullable: true,
    description: 'How the values of an attribute are interpreted. Default TEXT.',
  })
  type?: ComparisonType | null;
}

interface Alternative {
  readonly allOf: readonly (ComparisonInput & { readonly field?: string | null })[];
}

/** A comparison with its defaults. */
export function anyOfFrom(anyOf: readonly Alternative[]) {
  return anyOf.map(({ allOf }) => ({
    allOf: allOf.map(({ attribute, field, operator, value, type }) => ({
      attribute,
      field,
      operator: operator ?? ComparisonOperator.EQ,
      value,
      type,
    })),
  }));
}
