import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Kind, type OperationDefinitionNode, parse, print, visit } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { Interaction as InteractionOfRow } from '../../../rest-compat/oidc/operations.generated.ts';
// @ts-expect-error Plain JavaScript, which is not part of the build.
import { emitPageOperations } from '../../../scripts/emit-operations.mjs';
import { Interaction } from '../../../web/sign-in/operations.generated.ts';
import { build, ROOT } from '../../support/started.ts';

const FOLDER = join(ROOT, 'dist/web/sign-in');
/** What a browser may have to load before the first page is there, compressed. */
const MAX_BYTES = 120_000;

const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** The files that the page loads, by their names in the folder. */
const loadedBy = (html: string): string[] =>
  [...html.matchAll(/(?:src|href)="\/ui\/sign-in\/([^"]+)"/g)].map(([, name]) => name!);

beforeAll(() => build('sign-in'));

describe('the build of the sign-in pages', () => {
  it('loads less than 120 KB, compressed, for its first page', () => {
    const files = loadedBy(read('index.html'));
    expect(files).toHaveLength(2);
    const sizes = ['index.html', ...files].map((name) => gzipSync(readFileSync(join(FOLDER, name))).length);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MAX_BYTES);
  });

  it('names its files by their content, so that browsers can keep them', () => {
    for (const name of loadedBy(read('index.html'))) expect(name).toMatch(/^[\w-]+-[\w-]{8}\.(?:js|css)$/);
  });

  it('has neither inline scripts nor inline styles, and one place for the state', () => {
    const html = read('index.html');
    expect(html.match(/<script(?![^>]* src=)[^>]*>/g)).toEqual(['<script type="application/json" id="state">']);
    expect(html).not.toMatch(/<style|style=|\son\w+=/);
  });

  it('lists each document that the page sends by its SHA-256', () => {
    const listed = Object.entries(JSON.parse(read('trusted-documents.json')) as Record<string, string>);
    const script = read(loadedBy(read('index.html')).find((name) => name.endsWith('.js'))!);
    expect(listed.map(([, text]) => text.match(/^\w+ (\w+)/)![1]).sort()).toEqual([
      'AccountOverview',
      'AddPasskey',
      'AttachTotp',
      'BeginFactorEnrolment',
      'BeginPasskeyRegistration',
      'BeginPasskeySignIn',
      'BeginPasswordReset',
      'BeginRegistration',
      'BeginTotpEnrolment',
      'CancelInteraction',
      'ChangeOwnImage',
      'ChangePassword',
      'ChooseAccount',
      'ConfirmSignOut',
      'DecideAccountLinking',
      'GenerateRecoveryCodes',
      'ImageProofDemands',
      'Interaction',
      'IssueAccountToken',
      'LeavePasswordReset',
      'LeaveRegistration',
      'RegisterWithImage',
      'RemoveCredential',
      'RenameCredential',
      'RequestEmailChange',
      'RequestFactorPasskey',
      'RequestImageChallenge',
      'RequestImageReset',
      'RequestKeyEnrolment',
      'RequestOwnImageChallenge',
      'RequestPasswordReset',
      'ResetImage',
      'RevokeConsent',
      'RevokeSession',
      'SendEmailCode',
      'SignInWithImage',
      'SignInWithPasskey',
      'SubmitConsent',
      'SubmitEmailCode',
      'SubmitFactor',
      'SubmitFactorEnrolment',
      'SubmitFactorPasskey',
      'SubmitKeyEnrolment',
      'SubmitNewPassword',
      'SubmitPassword',
      'SubmitPasswordResetCode',
      'SubmitRegistration',
      'SubmitSignInTicket',
      'SubmitTerms',
      'UnlinkExternalAccount',
      'UpdateUser',
    ]);
    for (const [hash, text] of listed) {
      expect(hash).toBe(createHash('sha256').update(text).digest('hex'));
      expect(script).toContain(text);
    }
  });
});

describe('the documents of the sign-in pages', () => {
  it('are written as the generator writes them', async () => {
    const file = join(ROOT, 'web/sign-in/operations.generated.ts');
    expect(await emitPageOperations('web/sign-in/operations')).toBe(readFileSync(file, 'utf8'));
  });

  it('ask for a sign-in as the row does that gives out the page', () => {
    expect(selectionOf(Interaction.text)).toBe(selectionOf(InteractionOfRow.text));
  });
});

/** What a document selects, with its fragments in place. */
function selectionOf(text: string): string {
  const { definitions } = parse(text);
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode;
  const whole = visit(operation, {
    SelectionSet: (node) => ({
      ...node,
      selections: node.selections.flatMap((selection) => {
        if (selection.kind !== Kind.FRAGMENT_SPREAD) return [selection];
        const fragment = definitions.find(
          (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
        );
        if (fragment?.kind !== Kind.FRAGMENT_DEFINITION) throw new Error(`No fragment ${selection.name.value}.`);
        return fragment.selectionSet.selections;
      }),
    }),
  });
  return print(whole.selectionSet);
}
