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
  description: 'How a stored value is compared with a given one. Of a list it is enough that one item compares so.',
  valuesConfig: {
    EQ: { description: 'Equal.' },
    NE: { description: 'No value is equal; true as well of what has no value.' },
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
  description: 'What values are compared as.',
  valuesConfig: {
    TEXT: { description: 'Texts, ignoring case, by code point; 255 characters count.' },
    NUMBER: { description: 'Numbers; values that are none do not compare.' },
  },
});

/** What a comparison says beside what it is about. Not nested: the compiler of documents unrolls input types. */
@InputType({ description: 'A comparison with a value.' })
export class ComparisonInput {
  @Field(() => String, {
    nullable: true,
    description: 'Name of an attribute; of a list the first eight items count. Either this or `field`.',
  })
  attribute?: string | null;
  @Field(() => ComparisonOperator, { nullable: true, description: 'Default EQ.' })
  operator?: ComparisonOperator | null;
  @Field(() => String, { description: 'The value; a number or a boolean as it is written.' })
  value!: string;
  @Field(() => ComparisonType, { nullable: true, description: 'For attributes. Default TEXT.' })
  type?: ComparisonType | null;
}

interface Alternative {
  readonly allOf: readonly (ComparisonInput & { readonly field?: string | null })[];
}

/** The same with its defaults. */
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
