import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  type RequiredAction,
  type RequiredActionUpdate,
  withAction,
  withMoved,
  withoutAction,
  withUpdate,
} from '../../src/tenants/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { given } from '../kit/given.ts';
import type { RequiredActionSettings } from './policy.types.ts';
import {
  AddRequiredActionInput,
  AddRequiredActionPayload,
  MoveRequiredActionInput,
  MoveRequiredActionPayload,
  RemoveRequiredActionInput,
  RemoveRequiredActionPayload,
  UpdateRequiredActionInput,
  UpdateRequiredActionPayload,
} from './required-action.input.ts';

type Edit = (actions: readonly RequiredAction[]) => RequiredAction[];

/** Changes the list of a tenant, and shows it. */
async function edited(
  { services, authority }: GraphContext,
  initial: RequiredActionSettings[] | null | undefined,
  edit: Edit,
): Promise<{ requiredActions: RequiredActionSettings[] }> {
  return { requiredActions: [...(await services.tenants.editActions(authority, initial ?? [], edit))] };
}

/** The actions that can be required of users. */
@Resolver()
export class RequiredActionResolver {
  @RequiresScopes(['setting:write'])
  @Errors('REQUIRED_ACTION_TAKEN', 'TENANT_SETTING_INVALID')
  @Mutation(() => AddRequiredActionPayload, {
    description: 'Adds an action to those that can be required of users: enabled, and after all others.',
  })
  addRequiredAction(
    @Arg('input', () => AddRequiredActionInput, { description: 'The action.' }) input: AddRequiredActionInput,
    @Ctx() context: GraphContext,
  ): Promise<AddRequiredActionPayload> {
    const { alias, name, providerId } = input;
    return edited(context, input.initial, (actions) => withAction(actions, { alias, name, providerId }));
  }

  @RequiresScopes(['setting:write'])
  @Errors('REQUIRED_ACTION_NOT_FOUND', 'REQUIRED_ACTION_TAKEN', 'TENANT_SETTING_INVALID')
  @Mutation(() => UpdateRequiredActionPayload, { description: 'Changes an action that can be required of users.' })
  updateRequiredAction(
    @Arg('input', () => UpdateRequiredActionInput, { description: 'What to change.' }) input: UpdateRequiredActionInput,
    @Ctx() context: GraphContext,
  ): Promise<UpdateRequiredActionPayload> {
    const { alias, newAlias, initial, name, isEnabled, isDefault, priority, config } = input;
    const update = given({ alias: newAlias, name, isEnabled, isDefault, priority, config }) as RequiredActionUpdate;
    return edited(context, initial, (actions) => withUpdate(actions, alias, update));
  }

  @RequiresScopes(['setting:write'])
  @Errors('REQUIRED_ACTION_NOT_FOUND', 'TENANT_SETTING_INVALID')
  @Mutation(() => RemoveRequiredActionPayload, {
    description: 'Removes an action from those that can be required of users. Users of whom it is required keep it.',
  })
  removeRequiredAction(
    @Arg('input', () => RemoveRequiredActionInput, { description: 'The action.' })
    { alias, initial }: RemoveRequiredActionInput,
    @Ctx() context: GraphContext,
  ): Promise<RemoveRequiredActionPayload> {
    return edited(context, initial, (actions) => withoutAction(actions, alias));
  }

  @RequiresScopes(['setting:write'])
  @Errors('REQUIRED_ACTION_NOT_FOUND', 'TENANT_SETTING_INVALID')
  @Mutation(() => MoveRequiredActionPayload, {
    description:
      'Exchanges the places of an action and its neighbour. The first one cannot go to an earlier place, nor the last one to a later.',
  })
  moveRequiredAction(
    @Arg('input', () => MoveRequiredActionInput, { description: 'The action, and where it goes.' })
    { alias, isEarlier, initial }: MoveRequiredActionInput,
    @Ctx() context: GraphContext,
  ): Promise<MoveRequiredActionPayload> {
    return edited(context, initial, (actions) => withMoved(actions, alias, isEarlier));
  }
}
