import { Field, Float, InputType, ObjectType, registerEnumType } from 'type-graphql';

export enum AttributeTypeName {
  TEXT = 'text',
  NUMBER = 'number',
  BOOLEAN = 'boolean',
  OBJECT = 'object',
}
registerEnumType(AttributeTypeName, {
  name: 'AttributeType',
  description: 'What the values of an attribute are.',
  valuesConfig: {
    TEXT: { description: 'A text.' },
    NUMBER: { description: 'A number.' },
    BOOLEAN: { description: 'True or false.' },
    OBJECT: { description: 'A JSON object.' },
  },
});

const VALIDATOR = 'A rule for the values of an attribute; of the conditions all that are given must hold.';

@ObjectType('AttributeValidator', { description: VALIDATOR })
@InputType('AttributeValidatorInput', { description: VALIDATOR })
export class AttributeValidatorType {
  @Field(() => Float, { nullable: true, description: 'Least number, or least length of a text.' })
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
  @Field(() => String, { description: 'Your word for the refusal: `fields[].code` of USER_ATTRIBUTE_REFUSED.' })
  code!: string;
  @Field(() => String, { description: 'What it says to people: `fields[].message`.' })
  message!: string;
}

const DEFINITION = 'What the tenant demands of an attribute of its users.';

@ObjectType('AttributeDefinition', { description: DEFINITION })
@InputType('AttributeDefinitionInput', { description: DEFINITION })
export class AttributeDefinitionType {
  @Field(() => String, { description: 'Name of an attribute, or one that means a field (`given_name`, `email` ...).' })
  name!: string;
  @Field(() => AttributeTypeName, { nullable: true, description: 'What its values are; null = any JSON.' })
  type?: AttributeTypeName | null;
  @Field(() => Boolean, { description: 'Whether it is a list of such values.' })
  isList!: boolean;
  @Field(() => Boolean, { description: 'Whether it is set when the account is made, or never.' })
  isUnmodifiable!: boolean;
  @Field(() => [AttributeValidatorType], { description: 'Tried in this order, at most 8.' })
  validators!: AttributeValidatorType[];
}
