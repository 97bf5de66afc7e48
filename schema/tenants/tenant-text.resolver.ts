import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { withoutText, withText } from '../../src/tenants/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import {
  RemoveTenantTextsInput,
  RemoveTenantTextsPayload,
  SetTenantTextInput,
  SetTenantTextPayload,
} from './tenant-text.input.ts';

/** Texts of a tenant in place of those of the service. */
@Resolver()
export class TenantTextResolver {
  @RequiresScopes(['setting:write'])
  @Errors('TENANT_SETTING_INVALID')
  @Mutation(() => SetTenantTextPayload, {
    description:
      'Sets a text of the tenant in a language. Those of mails act where the tenant has a server for mails; the service sends them as plain text.',
  })
  setTenantText(
    @Arg('input', () => SetTenantTextInput, { description: 'The text.' })
    { language, key, text }: SetTenantTextInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<SetTenantTextPayload> {
    return services.tenants.editSettings(authority, ({ texts }) => ({ texts: withText(texts, language, key, text) }));
  }

  @RequiresScopes(['setting:write'])
  @Errors('TENANT_TEXT_NOT_FOUND')
  @Mutation(() => RemoveTenantTextsPayload, {
    description: 'Removes a text of the tenant, or all of a language: those of the service stand in their place again.',
  })
  removeTenantTexts(
    @Arg('input', () => RemoveTenantTextsInput, { description: 'What to remove.' })
    { language, key }: RemoveTenantTextsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RemoveTenantTextsPayload> {
    return services.tenants.editSettings(authority, ({ texts }) => ({
      texts: withoutText(texts, language, key ?? undefined),
    }));
  }
}
