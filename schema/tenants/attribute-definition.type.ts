import { Field, Float, InputType, ObjectType, registerEnumType } from 'type-graphql';

export enum AttributeTypeName {
  TEXT = 'text',
  NUMBER = 'number',
  BOOLEAN = 'boolean',
  OBJECT = 'object',
}
registerEnumType(AttributeTypeName, {
  name: 'AttributeType',
  description: 'Type of the values of an attribute.',
  valuesConfig: {
    TEXT: { description: 'A text.' },
    NUMBER: { description: 'A number.' },
    BOOLEAN: { description: 'True or false.' },
    OBJECT: { description: 'A JSON object.' },
  },
});

const VALIDATOR = 'A rule for the values of an attribute. A value must meet every condition that is given.';

@ObjectType('AttributeValidator', { description: VALIDATOR })
@InputType('AttributeValidatorInput', { description: VALIDATOR })
export class AttributeValidatorType {
  @Field(() => Float, { nullable: true, description: 'Smallest number, or smallest length of a text.' })
  min?: number | null;
  @Field(() => Float, { nullable: true, description: 'Largest number, or largest length of a text.' })
  max?: number | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The only characters of a text: what a regular expression (ECMAScript, flag `u`) has between its brackets, such as `0-9` or `\\p{L} -`.',
  })
  characters?: string | null;
  @Field(() => [String], { nullable: true, description: 'The only texts allowed, at most 200.' })
  oneOf?: string[] | null;
  @Field(() => String, {
    description: 'Code of your choice that a refusal carries, as `fields[].code` of USER_ATTRIBUTE_REFUSED.',
  })
  code!: string;
  @Field(() => String, { description: 'Message of your choice that a refusal carries, as `fields[].message`.' })
  message!: string;
}

const DEFINITION = 'Definition of an attribute of users: its type and the rules for its values.';

@ObjectType('AttributeDefinition', { description: DEFINITION })
@InputType('AttributeDefinitionInput', { description: DEFINITION })
export class AttributeDefinitionType {
  @Field(() => String, {
    description: 'Name of an attribute, or the attribute name of a field (`given_name`, `email` ...).',
  })
  name!: string;
  @Field(() => AttributeTypeName, { nullable: true, description: 'Type of the values; null = any JSON.' })
  type?: AttributeTypeName | null;
  @Field(() => Boolean, { description: 'Whether the attribute holds a list of such values.' })
  isList!: boolean;
  @Field(() => Boolean, { description: 'Whether the attribute can only be set when the account is created.' })
  isUnmodifiable!: boolean;
  @Field(() => [AttributeValidatorType], { description: 'Rules for the values, applied in this order; at most 8.' })
  validators!: AttributeValidatorType[];
}
