import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { idPathsOf, idTreeOf, requireTenant, tenantOfArguments } from '../../../schema/directives/field-tenant.ts';
import { registerTag, type TaggedType, toGlobalId } from '../../../schema/global-id.ts';
import { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { faultsOf } from '../../support/refusal.ts';
import { nobody, SmallContext, smallApp, smallTenant } from '../../support/small-graph.ts';

registerTag('hen', 'Hen' as TaggedType);
const [acme, master] = [smallTenant('acme'), smallTenant('master')];
const idIn = (tenant: TenantRef, key = 'rex') => toGlobalId('Hen' as TaggedType, tenant, key);

describe('the paths to ids in the arguments of a field', () => {
  const pathsOf = (sdl: string) =>
    idPathsOf(buildSchema(sdl).getQueryType()!.getFields()['field']!.args).map((path) => path.join('.'));

  it('lead to ids, also in lists and inputs, and to nothing else', () => {
    const paths = pathsOf(`
      input Inner { dogId: ID! name: String }
      input Outer { catIds: [ID!]! inner: Inner inners: [Inner!] at: Int }
      type Query { field(id: ID, name: String, ids: [ID], input: Outer!): String }`);
    expect(paths).toEqual(['id', 'ids', 'input.catIds', 'input.inner.dogId', 'input.inners.dogId']);
    expect(pathsOf('type Query { field: String }')).toEqual([]);
  });

  it('go into inputs of inputs, five below the argument, and end where inputs contain themselves', () => {
    const paths = pathsOf('input Tree { id: ID left: Tree } type Query { field(tree: Tree): String }');
    expect(paths).toEqual([
      'tree.id',
      'tree.left.id',
      'tree.left.left.id',
      'tree.left.left.left.id',
      'tree.left.left.left.left.id',
    ]);
  });

  it('go one level less deep through a list', () => {
    for (const list of ['[Tree!]!', '[Tree]']) {
      const paths = pathsOf(`input Tree { id: ID all: ${list} } type Query { field(tree: Tree): String }`);
      expect(paths).toEqual(['tree.id', 'tree.all.id', 'tree.all.all.id', 'tree.all.all.all.id']);
    }
  });
});

describe('the tenant of a root field', () => {
  const IDS = idTreeOf([['dogId'], ['input', 'dogIds'], ['input', 'inners', 'catId']]);
  const caller = smallApp(acme);
  const tenantOf = async (args: Record<string, unknown>, who = caller, isSlow = false) =>
    (await tenantOfArguments(IDS, args, new SmallContext(who, [acme, master], { isSlow })))?.name ?? null;
  const faults = (args: Record<string, unknown>) => faultsOf(() => tenantOf(args));

  it('is that of the caller where nothing names one, and none for a caller without', async () => {
    expect(await tenantOf({})).toBe('acme');
    expect(await tenantOf({ dogId: null, input: null, tenant: null })).toBe('acme');
    expect(await tenantOf({}, nobody)).toBeNull();
  });

  it('is the one that the argument or the input names, the argument first', async () => {
    expect(await tenantOf({ tenant: 'master' })).toBe('master');
    expect(await tenantOf({ input: { tenant: 'master' } })).toBe('master');
    expect(await tenantOf({ tenant: 'master', input: { tenant: 'acme' } })).toBe('master');
    expect(await tenantOf({ tenant: 'nothing' })).toBeNull();
    expect(await tenantOf({ tenant: 'master' }, nobody)).toBe('master');
  });

  it('is not taken from what is no text', async () => {
    for (const tenant of [7, true, ['master'], { name: 'master' }]) {
      expect(await tenantOf({ tenant })).toBe('acme');
      expect(await tenantOf({ input: { tenant } })).toBe('acme');
    }
  });

  it('is the one that a global id names, at any place in the arguments', async () => {
    const id = idIn(master);
    for (const args of [
      { dogId: id },
      { input: { dogIds: [id] } },
      { input: { dogIds: ['rex', null, id] } },
      { input: { inners: [null, { catId: 'tom' }, { catId: id }] } },
    ])
      expect(await tenantOf(args)).toBe('master');
    expect(await tenantOf({ dogId: idIn(smallTenant('nothing')) })).toBeNull();
  });

  it('is not named by bare ids, by a path that leads to no text, or by an id elsewhere', async () => {
    for (const args of [
      { dogId: 'rex' },
      { dogId: 'a~b' },
      { dogId: 'DOG~masteraa~rex' },
      { dogId: `${idIn(master).slice(0, -3)}` },
      { dogId: 7 },
      { dogId: { id: idIn(master) } },
      { other: idIn(master) },
      { input: { catId: idIn(master) } },
    ])
      expect([args, await tenantOf(args)]).toEqual([args, 'acme']);
  });

  it('is one: ids of two tenants are refused, and so is an id beside another name', async () => {
    expect(await faults({ dogId: idIn(master), input: { dogIds: [idIn(acme)] } })).toEqual(['TENANT_AMBIGUOUS']);
    expect(await faults({ input: { dogIds: [idIn(master), idIn(master, 'bello'), idIn(acme)] } })).toEqual([
      'TENANT_AMBIGUOUS',
    ]);
    expect(await faults({ tenant: 'acme', dogId: idIn(master) })).toEqual(['TENANT_AMBIGUOUS']);
    expect(await faults({ input: { tenant: 'acme', dogIds: [idIn(master)] } })).toEqual(['TENANT_AMBIGUOUS']);
    expect(await faults({ tenant: 'nothing', dogId: idIn(master) })).toEqual(['TENANT_AMBIGUOUS']);
  });

  it('may be named twice if the names are equal', async () => {
    expect(await tenantOf({ tenant: 'master', dogId: idIn(master), input: { dogIds: [idIn(master)] } })).toBe('master');
    expect(await tenantOf({ tenant: 'master', dogId: idIn(master) }, caller, true)).toBe('master');
  });

  it('is not looked for when an id has a tag that no type has', async () => {
    expect(await faults({ input: { inners: [{ catId: 'xyz~masteraa~tom' }] } })).toEqual([
      'INVALID_INPUT',
      'input.inners.catId ID_INVALID',
    ]);
  });

  it('is looked for in one walk, however many paths lead through a value', async () => {
    let reads = 0;
    const inner = {
      get not() {
        reads += 1;
        return { dogId: idIn(master), catId: 'tom' };
      },
    };
    const names = ['dogId', 'catId', 'henId'];
    const paths = names.flatMap((name) => [
      ['filter', name],
      ['filter', 'not', name],
    ]);
    const context = new SmallContext(caller, [acme, master]);
    expect((await tenantOfArguments(idTreeOf(paths), { filter: inner }, context))?.name).toBe('master');
    expect(reads).toBe(1);
  });

  it('may be known at once, without a promise, so that remembered tenants cost no turn', () => {
    const found = (args: Record<string, unknown>) =>
      tenantOfArguments(IDS, args, new SmallContext(caller, [acme, master]));
    expect(found({})).toBe(acme);
    expect(found({ tenant: 'master' })).toBe(master);
    expect(found({ dogId: idIn(master) })).toBe(master);
  });
});

describe('a public field that needs a tenant', () => {
  const closed = smallTenant('closed', { enabled: false });
  const contextIn = (tenant: TenantRef | null, known = [acme, closed]) => {
    const context = new SmallContext(nobody, known);
    for (const each of known) context.tenants.set(each.id, each);
    return { ...context, authority: new Authority(nobody, tenant as TenantRef, 'self') };
  };

  it('acts in the one that the operation entered', () => expect(requireTenant(contextIn(acme))).toBe(acme));

  it('is refused without one, and in one that the operation did not enter', async () => {
    expect(await faultsOf(() => requireTenant(contextIn(null)))).toEqual(['TENANT_REQUIRED']);
    expect(await faultsOf(() => requireTenant(contextIn(master)))).toEqual(['TENANT_REQUIRED']);
  });

  it('is refused in a disabled one', async () => {
    expect(await faultsOf(() => requireTenant(contextIn(closed)))).toEqual(['TENANT_DISABLED']);
  });
});
