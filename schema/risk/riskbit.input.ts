import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DeviceRiskType, RiskbitResultType, RiskbitType } from './riskbit.type.ts';

@InputType({ description: 'What a list of riskbits can be narrowed by.' })
export class RiskbitFilterInput {
  @Field(() => String, { nullable: true, description: 'Only those with this rating level.' })
  ratingLevel?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those with this operation.' })
  operation?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Only those that count, or only those that do not.',
  })
  isEnabled?: boolean | null;
}

@InputType({
  description:
    'A riskbit. Rating level, score, risk and operation are mandatory when it is made, 255 characters each; texts are kept as written.',
})
export class RiskbitInput {
  @Field(() => String, { nullable: true, description: 'Rating, from A (best) on.' })
  ratingLevel?: string | null;
  @Field(() => String, { nullable: true, description: 'A number or a range; with the rating level unique.' })
  score?: string | null;
  @Field(() => String, { nullable: true, description: 'Share or weight.' })
  risk?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Findings that count on Android, separated by commas: `JBreak[1](300),Emulator`; an empty text is null.',
  })
  riskAndroid?: string | null;
  @Field(() => String, { nullable: true, description: 'Findings that count on iOS, likewise.' })
  riskIos?: string | null;
  @Field(() => String, { nullable: true, description: 'What a client should do: `OK`, `MEDIUM`, `HIGH_RISK` ...' })
  operation?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it counts. Default true.' })
  isEnabled?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description: 'Name of the tenant it is meant for: another than the one acted on is refused. It chooses nothing.',
  })
  tenant?: string | null;
}

@InputType({ description: 'A riskbit to make.' })
export class CreateRiskbitInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => RiskbitInput, { description: 'The riskbit.' })
  riskbit!: RiskbitInput;
}

@InputType({ description: 'Riskbits to make, each on its own.' })
export class CreateRiskbitsInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => [RiskbitInput], { description: 'The riskbits.' })
  riskbits!: RiskbitInput[];
}

@InputType({ description: 'What to change of a riskbit; what is left out stays.' })
export class UpdateRiskbitInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => ID, { description: 'The riskbit.' })
  riskbitId!: string;
  @Field(() => RiskbitInput, { description: 'The values to change.' })
  riskbit!: RiskbitInput;
}

@InputType({ description: 'A riskbit to delete.' })
export class DeleteRiskbitInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => ID, { description: 'The riskbit.' })
  riskbitId!: string;
}

@InputType({ description: 'The tenant whose riskbits are to be deleted.' })
export class DeleteAllRiskbitsInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
}

@InputType({ description: 'A finding on a device.' })
export class VerifyDeviceRiskInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => String, { nullable: true, description: '`ios` or `android`, in any case.' })
  platform?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Name of the finding, such as `JBreak[1](300)`. A riskbit matches when it lists the same name or its bare category.',
  })
  riskName?: string | null;
}

@ObjectType({ description: 'Result of a change to a riskbit.' })
class RiskbitPayload {
  @Field(() => RiskbitType, {
    nullable: true,
    description: 'The riskbit after the change; null when the caller may not read it.',
  })
  riskbit!: RiskbitType | null;
}

@ObjectType({ description: 'Result of a change to a riskbit.' })
export class CreateRiskbitPayload extends RiskbitPayload {}

@ObjectType({ description: 'Result of a change to a riskbit.' })
export class UpdateRiskbitPayload extends RiskbitPayload {}

@ObjectType({ description: 'Result of making several riskbits.' })
export class CreateRiskbitsPayload {
  @Field(() => [RiskbitResultType], { description: 'What became of each, in the order they were sent.' })
  results!: RiskbitResultType[];
}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteRiskbitPayload {
  @Field(() => ID, { description: 'Global id of the riskbit that is gone.' })
  deletedRiskbitId!: string;
}

@ObjectType({ description: 'Result of deleting all riskbits.' })
export class DeleteAllRiskbitsPayload {
  @Field(() => Int, { description: 'How many are gone.' })
  deletedCount!: number;
}

@ObjectType({ description: 'Result of assessing a device.' })
export class VerifyDeviceRiskPayload {
  @Field(() => DeviceRiskType, { description: 'What is known about the finding.' })
  deviceRisk!: DeviceRiskType;
}
