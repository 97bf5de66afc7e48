import { describe, expect, it } from 'vitest';
import { PAGE_POLICY, TOOL_POLICIES, WORKER_POLICY } from '../../../../src/server/http/page-policies.ts';

const directivesOf = (policy: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    policy.split('; ').map((directive) => {
      const [name, ...sources] = directive.split(' ');
      return [name!, sources];
    }),
  );

describe('the content security policy of pages', () => {
  it('allows files of the service alone, no inline script, no frame and no HTML of texts (check 22)', () => {
    const directives = directivesOf(PAGE_POLICY);
    const own = ["'self'"];
    expect(Object.fromEntries(directives)).toEqual({
      'default-src': ["'none'"],
      'script-src': own,
      'style-src': own,
      'img-src': [...own, 'data:'],
      'font-src': own,
      'connect-src': own,
      'manifest-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': own,
      'frame-ancestors': ["'none'"],
      'require-trusted-types-for': ["'script'"],
      // Gives the address of one worker; no text becomes HTML.
      'trusted-types': ['image-proof'],
    });
  });

  it('of their workers allows WebAssembly, and nothing to load or to ask for', () => {
    expect(Object.fromEntries(directivesOf(WORKER_POLICY))).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'wasm-unsafe-eval'"],
    });
  });
});

describe('the exceptions from the content security policy', () => {
  it('are those of GraphiQL and Swagger UI', () => {
    expect(Object.keys(TOOL_POLICIES)).toEqual(['graphiql', 'swaggerUi']);
  });

  it.each(Object.entries(TOOL_POLICIES))('%s: allows only files of the service, and no framing', (_, policy) => {
    const directives = directivesOf(policy);
    expect(directives.get('default-src')).toEqual(["'self'"]);
    // Scripts and connections have no separate directives, so they follow the default.
    for (const name of ['script-src', 'connect-src', 'worker-src']) expect(directives.has(name)).toBe(false);
    for (const name of ['object-src', 'base-uri', 'form-action', 'frame-ancestors'])
      expect([name, directives.get(name)]).toEqual([name, ["'none'"]]);
    const sources = [...directives.values()].flat();
    expect(sources.filter((source) => !["'self'", "'none'", 'data:', "'unsafe-inline'"].includes(source))).toEqual([]);
  });

  it('allow inline styles only for GraphiQL', () => {
    expect(directivesOf(TOOL_POLICIES.graphiql).get('style-src')).toEqual(["'self'", "'unsafe-inline'"]);
    expect(TOOL_POLICIES.swaggerUi).not.toContain('unsafe');
  });
});
