import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { DeviceRisk, Riskbit, RiskbitFilter } from '../../src/risk/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { given, toColumns } from '../kit/given.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import {
  CreateRiskbitInput,
  CreateRiskbitPayload,
  CreateRiskbitsInput,
  CreateRiskbitsPayload,
  DeleteAllRiskbitsInput,
  DeleteAllRiskbitsPayload,
  DeleteRiskbitInput,
  DeleteRiskbitPayload,
  RiskbitFilterInput,
  UpdateRiskbitInput,
  UpdateRiskbitPayload,
  VerifyDeviceRiskInput,
  VerifyDeviceRiskPayload,
} from './riskbit.input.ts';
import { RiskbitConnection, RiskbitType } from './riskbit.type.ts';

@Resolver(() => RiskbitType)
export class RiskbitResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() riskbit: Riskbit, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Riskbit', tenants.get(riskbit.tenantId)!, riskbit.id);
  }

  @RequiresScopes(['riskbit:read'])
  @Query(() => RiskbitType, { nullable: true, description: 'A riskbit; null when there is none.' })
  riskbit(
    @Arg('riskbitId', () => ID, { description: 'The riskbit.' }) riskbitId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<Riskbit | null> {
    return services.riskbits.find(authority, keyOf('Riskbit', riskbitId, 'riskbitId'));
  }

  @RequiresScopes(['riskbit:read'])
  @Query(() => RiskbitConnection, { description: 'Riskbits by rating level, then score.' })
  async riskbits(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => RiskbitFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: RiskbitFilterInput | null,
  ): Promise<ConnectionData<Riskbit>> {
    const request = toPageRequest(page, info, undefined, largestPage);
    const narrowed = toColumns(given(filter ?? {}));
    return toConnection(await services.riskbits.page(authority, narrowed as RiskbitFilter, request));
  }

  @RequiresScopes(['riskbit:write'])
  @Errors('RISKBIT_INCOMPLETE', 'RISKBIT_EXISTS', 'RISKBIT_TENANT_MISMATCH')
  @Mutation(() => CreateRiskbitPayload, {
    description: 'Creates a riskbit.',
  })
  async createRiskbit(
    @Arg('input', () => CreateRiskbitInput, { description: 'The riskbit.' }) input: CreateRiskbitInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ riskbit: Riskbit }> {
    return { riskbit: await services.riskbits.create(authority, toColumns(input.riskbit)) };
  }

  @RequiresScopes(['riskbit:write'])
  @Mutation(() => CreateRiskbitsPayload, {
    description:
      'Creates riskbits. A refused riskbit does not stop the others; the results say which were refused. They are committed in batches of 5,000.',
  })
  async createRiskbits(
    @Arg('input', () => CreateRiskbitsInput, { description: 'The riskbits.' }) input: CreateRiskbitsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ results: object[] }> {
    const results = await services.riskbits.createMany(authority, input.riskbits.map(toColumns));
    return {
      results: results.map(({ error, id, ...result }) => ({
        ...result,
        riskbitId: id,
        errorCode: error?.code ?? null,
      })),
    };
  }

  @RequiresScopes(['riskbit:write'])
  @Errors('RISKBIT_NOT_FOUND', 'RISKBIT_INCOMPLETE', 'RISKBIT_EXISTS', 'RISKBIT_TENANT_MISMATCH')
  @Mutation(() => UpdateRiskbitPayload, {
    description: 'Changes a riskbit.',
  })
  async updateRiskbit(
    @Arg('input', () => UpdateRiskbitInput, { description: 'What to change.' }) input: UpdateRiskbitInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ riskbit: Riskbit }> {
    const key = keyOf('Riskbit', input.riskbitId, 'input.riskbitId');
    return { riskbit: await services.riskbits.update(authority, key, toColumns(input.riskbit)) };
  }

  @RequiresScopes(['riskbit:delete'])
  @Errors('RISKBIT_NOT_FOUND')
  @Mutation(() => DeleteRiskbitPayload, { description: 'Deletes a riskbit.' })
  async deleteRiskbit(
    @Arg('input', () => DeleteRiskbitInput, { description: 'The riskbit.' }) { riskbitId }: DeleteRiskbitInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteRiskbitPayload> {
    const riskbit = await services.riskbits.delete(authority, keyOf('Riskbit', riskbitId, 'input.riskbitId'));
    return { deletedRiskbitId: toGlobalId('Riskbit', authority.tenant, riskbit.id) };
  }

  @RequiresScopes(['riskbit:delete'])
  @Errors('RISKBIT_NOT_FOUND')
  @Mutation(() => DeleteAllRiskbitsPayload, {
    description: 'Deletes every riskbit of the tenant. There has to be at least one.',
  })
  async deleteAllRiskbits(
    @Arg('input', () => DeleteAllRiskbitsInput, { description: 'The tenant.' }) _input: DeleteAllRiskbitsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteAllRiskbitsPayload> {
    return { deletedCount: await services.riskbits.deleteAll(authority) };
  }

  @RequiresScopes(['riskbit:verify'])
  @Errors('RISK_QUESTION_INCOMPLETE')
  @Mutation(() => VerifyDeviceRiskPayload, {
    description:
      'Assesses a finding on a device by the riskbits that list it. Each assessment is recorded as a security event.',
  })
  async verifyDeviceRisk(
    @Arg('input', () => VerifyDeviceRiskInput, { description: 'The finding.' }) input: VerifyDeviceRiskInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ deviceRisk: DeviceRisk }> {
    const { platform, riskName } = input;
    return { deviceRisk: await services.riskbits.verifyDevice(authority, platform ?? '', riskName ?? '') };
  }
}
