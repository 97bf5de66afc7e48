import 'reflect-metadata';
import { graphql } from 'graphql';
import {
  Arg,
  Args,
  ArgsType,
  buildSchema,
  Ctx,
  createParameterDecorator,
  Field,
  FieldResolver,
  InputType,
  Int,
  type NonEmptyArray,
  ObjectType,
  Query,
  Resolver,
  Root,
  UseMiddleware,
} from 'type-graphql';
import { describe, expect, it } from 'vitest';
import { callDirectly } from '../../schema/direct-resolvers.ts';

@InputType()
class ProbeFields {
  @Field(() => String, { nullable: true })
  text?: string | null;

  @Field(() => Int, { defaultValue: 7 })
  number!: number;
}

@InputType()
class ProbeInput extends ProbeFields {
  @Field(() => [ProbeFields], { nullable: true })
  parts?: ProbeFields[];
}

@ArgsType()
class ProbePage {
  @Field(() => Int, { nullable: true })
  first?: number | null;
}

@ArgsType()
class ProbeArgs extends ProbePage {
  @Field(() => Int, { defaultValue: 3 })
  size!: number;
}

@ObjectType()
class Probe {
  @Field(() => String)
  name!: string;

  @Field(() => String)
  shown!: string;
}

const seen = (value: unknown): string => JSON.stringify(value);

@Resolver(() => Probe)
class ProbeResolver {
  readonly #greeting = 'hello';

  @Query(() => Probe)
  probe(): object {
    return { name: 'Ada' };
  }

  @FieldResolver(() => String)
  shown(
    @Root('name') name: string,
    @Root() { name: same }: Probe,
    @Ctx('who') who: string,
    @Ctx() all: object,
  ): string {
    return `${this.#greeting} ${name} ${same} ${who} ${seen(all)}`;
  }

  @Query(() => String)
  byArg(
    @Arg('input', () => ProbeInput, { nullable: true }) input?: ProbeInput | null,
    @Arg('list', () => [Int], { nullable: true }) list?: number[] | null,
    @Arg('size', () => Int, { defaultValue: 5 }) size?: number,
  ): string {
    return seen([input === undefined, input ?? null, list === undefined, list ?? null, size]);
  }

  @Query(() => String)
  async byArgs(@Args(() => ProbeArgs) args: ProbeArgs, @Arg('more', () => Int, { nullable: true }) more?: number) {
    return seen([Object.entries(args).sort(), more]);
  }

  @Query(() => String, { nullable: true })
  thrown(): string {
    throw new Error('at once');
  }

  @Query(() => String, { nullable: true })
  async rejected(): Promise<string> {
    throw new Error('later');
  }
}

const schemaOf = (resolver: new () => object) =>
  buildSchema({ resolvers: [resolver] as unknown as NonEmptyArray<() => void>, validate: false });

describe('methods called directly', () => {
  it.each([
    ['{ probe { name shown } }'],
    ['{ byArg }'],
    ['{ byArg(input: null, list: null) }'],
    ['{ byArg(input: {}, list: [1, 2], size: 0) }'],
    ['{ byArg(input: { text: null, number: 1, parts: [{ text: "x" }] }) }'],
    ['query ($input: ProbeInput = { text: "y" }, $list: [Int!]) { byArg(input: $input, list: $list) }'],
    ['{ byArgs }'],
    ['{ byArgs(first: null, size: 4, more: 1) }'],
    ['query ($first: Int) { byArgs(first: $first) }'],
    ['{ thrown rejected }'],
  ])('answer %s as the library does', async (source) => {
    const contextValue = { who: 'me' };
    const expected = await graphql({ schema: await schemaOf(ProbeResolver), source, contextValue });
    const direct = callDirectly(await schemaOf(ProbeResolver), [ProbeResolver]);
    expect(seen(await graphql({ schema: direct, source, contextValue }))).toBe(seen(expected));
  });

  it('are refused when the library would call more than the method', async () => {
    @Resolver()
    class MiddlewareResolver {
      @UseMiddleware(async (_, next) => next())
      @Query(() => String)
      wrapped(): string {
        return '';
      }
    }
    @Resolver()
    class DecoratorResolver {
      @Query(() => String)
      decorated(@createParameterDecorator(() => 1) _one: number): string {
        return '';
      }
    }
    for (const [resolver, words] of [
      [MiddlewareResolver, /wrapped has middlewares/],
      [DecoratorResolver, /kind "custom"/],
    ] as const) {
      const schema = await schemaOf(resolver);
      expect(() => callDirectly(schema, [resolver])).toThrow(words);
    }
  });

  it('are refused when two classes have the same field, of which the library would keep the last', async () => {
    @Resolver()
    class FirstResolver {
      @Query(() => String)
      twice(): string {
        return 'first';
      }
    }
    @Resolver()
    class SecondResolver {
      @Query(() => String)
      twice(): string {
        return 'second';
      }
    }
    const both = [FirstResolver, SecondResolver] as const;
    const schema = await buildSchema({ resolvers: both as unknown as NonEmptyArray<() => void>, validate: false });
    expect(() => callDirectly(schema, both)).toThrow('Query.twice has two resolvers.');
  });
});

describe('fields read directly', () => {
  it('read the property of their class also if the graph has another name for them', async () => {
    @ObjectType()
    class TwoNames {
      @Field(() => String, { name: 'outside' })
      inside!: string;
    }
    @Resolver()
    class TwoNamesResolver {
      @Query(() => TwoNames)
      twoNames(): object {
        return { inside: 'value' };
      }
    }
    const schema = callDirectly(await schemaOf(TwoNamesResolver), [TwoNamesResolver]);
    const { data } = await graphql({ schema, source: '{ twoNames { outside } }' });
    expect(data).toEqual({ twoNames: { outside: 'value' } });
  });
});
