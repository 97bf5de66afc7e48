import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { DeviceRiskType, RiskbitResultType, RiskbitType } from './riskbit.type.ts';

@InputType({ description: 'Filters for a list of riskbits.' })
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
    'A riskbit. A new one needs a rating level, score, risk and operation, each at most 255 characters; texts are stored as they were sent.',
})
export class RiskbitInput {
  @Field(() => String, { nullable: true, description: 'Rating, from A (best) on.' })
  ratingLevel?: string | null;
  @Field(() => String, { nullable: true, description: 'A number or a range; unique together with the rating level.' })
  score?: string | null;
  @Field(() => String, { nullable: true, description: 'Share or weight.' })
  risk?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Findings that count on Android, separated by commas: `JBreak[1](300),Emulator`; an empty text is null.',
  })
  riskAndroid?: string | null;
  @Field(() => String, { nullable: true, description: 'Findings that count on iOS, in the format of `riskAndroid`.' })
  riskIos?: string | null;
  @Field(() => String, { nullable: true, description: 'What a client should do: `OK`, `MEDIUM`, `HIGH_RISK` ...' })
  operation?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it counts. Default true.' })
  isEnabled?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Name of the tenant that the riskbit is meant for. It must be the tenant of the call; it does not select the tenant.',
  })
  tenant?: string | null;
}

@InputType({ description: 'A riskbit to create.' })
export class CreateRiskbitInput {
  @Field(() => RiskbitInput, { description: 'The riskbit.' })
  riskbit!: RiskbitInput;
}

@InputType({ description: 'Riskbits to create. A refused riskbit does not stop the others.' })
export class CreateRiskbitsInput {
  @Field(() => [RiskbitInput], { description: 'The riskbits.' })
  riskbits!: RiskbitInput[];
}

@InputType({ description: 'Changes to a riskbit; absent members stay.' })
export class UpdateRiskbitInput {
  @Field(() => ID, { description: 'The riskbit.' })
  riskbitId!: string;
  @Field(() => RiskbitInput, { description: 'The values to change.' })
  riskbit!: RiskbitInput;
}

@InputType({ description: 'A riskbit to delete.' })
export class DeleteRiskbitInput {
  @Field(() => ID, { description: 'The riskbit.' })
  riskbitId!: string;
}

@InputType({ description: 'The tenant whose riskbits are to be deleted.' })
export class DeleteAllRiskbitsInput {}

@InputType({ description: 'A finding on a device.' })
export class VerifyDeviceRiskInput {
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

@ObjectType({ description: 'Result of creating several riskbits.' })
export class CreateRiskbitsPayload {
  @Field(() => [RiskbitResultType], { description: 'The result for each riskbit, in the order of the input.' })
  results!: RiskbitResultType[];
}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteRiskbitPayload {
  @Field(() => ID, { description: 'Global id of the deleted riskbit.' })
  deletedRiskbitId!: string;
}

@ObjectType({ description: 'Result of deleting all riskbits.' })
export class DeleteAllRiskbitsPayload {
  @Field(() => Int, { description: 'Number of deleted riskbits.' })
  deletedCount!: number;
}

@ObjectType({ description: 'Result of assessing a device.' })
export class VerifyDeviceRiskPayload {
  @Field(() => DeviceRiskType, { description: 'Risk of the finding.' })
  deviceRisk!: DeviceRiskType;
}
