import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestSpecification } from 'vitest/node';
import { readSeen } from './compare.ts';
import { checkFieldErrors, FieldErrorsReporter, type Run } from './field-errors.reporter.ts';

const SDL = `
  directive @errors(codes: [ErrorCode!]!) on FIELD_DEFINITION
  type Query { users: [String] @errors(codes: [USER_NOT_FOUND]) jwks: String }
  type Mutation { deleteUser: String @errors(codes: [USER_NOT_FOUND, ACCOUNT_GUARDED]) }
  enum ErrorCode { USER_NOT_FOUND ACCOUNT_GUARDED ADMINISTRATOR_LAST }
`;
const RESOLVER = 'export class UserResolver {\n  async deleteUser(\n    input: DeleteUserInput,\n  ) {}\n}\n';

const specification = (moduleId: string, testLines?: number[]) => ({ moduleId, testLines }) as TestSpecification;
const FILES = [specification('a.test.ts'), specification('b.test.ts')];

/** A project with one resolver, and a run of its tests. */
class Fabricated {
  readonly root = mkdtempSync(join(tmpdir(), 'idgraph-reporter-'));
  readonly messages: string[] = [];
  readonly reporter = new FieldErrorsReporter((message) => void this.messages.push(message));
  folder = '';
  readonly #closers: (() => unknown)[] = [];

  constructor(namePattern?: RegExp) {
    mkdirSync(join(this.root, 'schema/users'), { recursive: true });
    writeFileSync(join(this.root, 'schema/schema.graphql'), SDL);
    writeFileSync(join(this.root, 'schema/users/user.resolver.ts'), RESOLVER);
    this.reporter.onInit({
      config: { root: this.root },
      provide: (_name, folder) => {
        this.folder = String(folder);
      },
      onClose: (clean) => void this.#closers.push(clean),
      globTestSpecifications: async () => FILES,
      getGlobalTestNamePattern: () => namePattern,
    } as Run);
  }

  /** One process wrote these. */
  record(...errors: [field: string, code: string, by?: string][]): this {
    const lines = errors.map(([field, code, by = 'a.test.ts']) => `${JSON.stringify({ field, code, by })}\n`);
    writeFileSync(join(this.folder, String(readdirSync(this.folder).length)), lines.join(''));
    return this;
  }

  close(): void {
    for (const clean of this.#closers) clean();
    rmSync(this.root, { recursive: true, force: true });
  }

  async end(ran = FILES, reason: 'passed' | 'failed' | 'interrupted' = 'passed', faults: unknown[] = []) {
    this.reporter.onTestRunStart(ran);
    await this.reporter.onTestRunEnd([], faults, reason);
    return this.messages;
  }
}

const EVERYTHING: [string, string][] = [
  ['Query.users', 'USER_NOT_FOUND'],
  ['Mutation.deleteUser', 'USER_NOT_FOUND'],
  ['Mutation.deleteUser', 'ACCOUNT_GUARDED'],
];

let fabricated: Fabricated;
const fabricate = (namePattern?: RegExp): Fabricated => {
  fabricated = new Fabricated(namePattern);
  return fabricated;
};
afterEach(() => fabricated.close());

describe('a run of tests in which fields threw errors', () => {
  it('passes when fields threw what they declare, in whatever process', async () => {
    const [users, ...others] = EVERYTHING;
    expect(
      await fabricate()
        .record(users!)
        .record(...others)
        .end(),
    ).toEqual([]);
  });

  it('fails on a code that the field does not declare, and says where to declare it', async () => {
    fabricate().record(['Mutation.deleteUser', 'ADMINISTRATOR_LAST', 'b.test.ts']);
    const ran = [specification('b.test.ts')];
    expect(await fabricated.end(ran)).toEqual([
      'The errors of fields differ from @errors:\n' +
        '  Mutation.deleteUser threw ADMINISTRATOR_LAST in b.test.ts. Add the code to its @Errors in ' +
        'schema/users/user.resolver.ts and run "npm run schema:emit".\n',
    ]);
  });

  it('fails on a code that another field declares, and on one of a field that declares none', async () => {
    fabricate().record(['Query.users', 'ACCOUNT_GUARDED'], ['Query.jwks', 'USER_NOT_FOUND']);
    const [message] = await fabricated.end([FILES[0]!]);
    expect(message).toMatch(/Query\.jwks threw USER_NOT_FOUND[\s\S]*Query\.users threw ACCOUNT_GUARDED/);
  });

  it('fails on an undeclared code even when tests failed', async () => {
    fabricate().record(['Query.jwks', 'USER_NOT_FOUND']);
    expect(await fabricated.end(FILES, 'failed')).toHaveLength(1);
  });

  it('names an undeclared code once, however many tests saw it', async () => {
    fabricate().record(['Query.jwks', 'USER_NOT_FOUND', 'b.test.ts']).record(['Query.jwks', 'USER_NOT_FOUND']);
    const [message] = await fabricated.end([FILES[0]!]);
    expect(message!.match(/threw/g)).toHaveLength(1);
  });

  it('keeps no files once it is over', async () => {
    await fabricate()
      .record(...EVERYTHING)
      .end();
    fabricated.close();
    expect(existsSync(fabricated.folder)).toBe(false);
  });

  it('passes over the codes that every field can give', async () => {
    fabricate().record(...EVERYTHING, ['Query.jwks', 'UNAUTHENTICATED'], ['Query.users', 'INTERNAL_ERROR']);
    expect(await fabricated.end()).toEqual([]);
  });

  it('fails on a declared code that no test saw, when every test ran and passed', async () => {
    fabricate().record(...EVERYTHING.slice(0, 2));
    expect(await fabricated.end()).toEqual([
      'The errors of fields differ from @errors:\n' +
        '  Mutation.deleteUser declares ACCOUNT_GUARDED, and no test saw it. Write the test, or take the code out of ' +
        '@Errors in schema/users/user.resolver.ts.\n',
    ]);
  });

  it.each([
    ['of some of the files', [FILES[0]!]],
    ['of some lines of a file', [FILES[0]!, specification('b.test.ts', [3])]],
  ])('does not ask for declared codes in a run %s', async (_what, ran) => {
    expect(await fabricate().end(ran)).toEqual([]);
  });

  it('does not ask for declared codes in a run of tests with some names', async () => {
    expect(await fabricate(/users/).end()).toEqual([]);
  });

  it.each(['failed', 'interrupted'] as const)('does not ask for declared codes when the run %s', async (reason) => {
    expect(await fabricate().end(FILES, reason)).toEqual([]);
  });

  it('does not ask for declared codes when an error escaped from the tests', async () => {
    expect(await fabricate().end(FILES, 'passed', [new Error('nobody caught it')])).toEqual([]);
  });
});

it('has one reporter, however often Vitest reads its configuration', () => {
  const reporters: unknown[] = [['default', {}]];
  const context = { vitest: { config: { reporters } } };
  for (let plugin = 0; plugin < 2; plugin++)
    (checkFieldErrors().configureVitest as unknown as (context: object) => void)(context);
  expect(reporters).toEqual([['default', {}], expect.any(FieldErrorsReporter)]);
});

describe('a server that a test starts', () => {
  const publish = `
    const { channel } = await import('node:diagnostics_channel');
    const errors = channel('idgraph:field-error');
    errors.publish({ field: 'Query.users', code: 'USER_NOT_FOUND' });
    errors.publish({ field: 'Query.users', code: 'USER_NOT_FOUND' });
    process.kill(process.pid, 'SIGKILL');`;
  beforeEach(() => void fabricate());

  it('records what its fields throw, once each, before it is killed', async () => {
    const { recordingEnvironment } = await import('./record.mjs');
    const env = {
      ...process.env,
      ...recordingEnvironment(),
      FIELD_ERRORS_FOLDER: fabricated.folder,
      FIELD_ERRORS_SEEN_BY: 'a.test.ts',
    };
    expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', publish], { env })).toThrow('SIGKILL');
    expect(readSeen(fabricated.folder)).toEqual([{ field: 'Query.users', code: 'USER_NOT_FOUND', by: 'a.test.ts' }]);
    expect(readdirSync(fabricated.folder)).toHaveLength(1);
  });
});
