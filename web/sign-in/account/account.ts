import { useCallback, useEffect, useRef, useState } from 'react';
import { ask, type PageDocument, type Refusal } from '../graph.ts';
import { AccountOverview, type AccountOverviewData, IssueAccountToken } from '../operations.generated.ts';
import type { AccountState } from '../state.ts';

export type Overview = NonNullable<AccountOverviewData['account']>;

/** The account of the user who is signed in, and changes to it. */
export interface Account {
  /** Null until it was read. */
  readonly overview: Overview | null;
  readonly refusal: Refusal | null;
  readonly isBusy: boolean;
  readonly tenant: string;
  /** Sends a change, and reads the account again. @returns What it answered; null: it was not made. */
  change<Data, Variables>(document: PageDocument<Data, Variables>, variables: Variables): Promise<Data | null>;
  /** Takes back what the page said about the last change. */
  clear(): void;
}

interface Token {
  readonly value: string;
  readonly endsAt: number;
}

/** Nobody is signed in any more: the server leads to the sign-in. */
const SIGNED_OUT: ReadonlySet<string> = new Set(['ACCOUNT_PAGE_SIGN_IN_REQUIRED', 'UNAUTHENTICATED']);
/** A token that ends sooner might end on the way. */
const MARGIN_MILLISECONDS = 30_000;

export function useAccount({ tenant }: AccountState): Account {
  const [overview, setOverview] = useState<Overview | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  // React renders after an event, so a second click can come before `isBusy` is seen.
  const isRunning = useRef(false);
  const token = useRef<Token | null>(null);
  const name = tenant?.name ?? '';

  const tokenOf = useCallback(async (): Promise<string | Refusal> => {
    if (token.current !== null && Date.now() < token.current.endsAt - MARGIN_MILLISECONDS) return token.current.value;
    const answer = await ask(IssueAccountToken, { input: { tenant: name } });
    if ('refusal' in answer) return answer.refusal;
    const { accessToken: value, expiresInSeconds } = answer.data.issueAccountToken;
    token.current = { value, endsAt: Date.now() + expiresInSeconds * 1000 };
    return value;
  }, [name]);

  /** Runs a document with the token of the account; null: it was refused, which the page says. */
  const run = useCallback(
    async <Data, Variables>(document: PageDocument<Data, Variables>, variables: Variables): Promise<Data | null> => {
      const value = await tokenOf();
      const answer = typeof value === 'string' ? await ask(document, variables, value) : { refusal: value };
      if ('data' in answer) return answer.data;
      if (SIGNED_OUT.has(answer.refusal.code)) location.reload();
      else setRefusal(answer.refusal);
      return null;
    },
    [tokenOf],
  );

  const read = useCallback(async (): Promise<void> => {
    const data = await run(AccountOverview, { tenant: name });
    if (data !== null) setOverview(data.account);
  }, [run, name]);

  useEffect(() => {
    void read();
    // A page that the browser kept shows an account whose user may have signed out; the server knows.
    const onShow = (event: PageTransitionEvent): void => {
      if (event.persisted) location.reload();
    };
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [read]);

  async function change<Data, Variables>(
    document: PageDocument<Data, Variables>,
    variables: Variables,
  ): Promise<Data | null> {
    if (isRunning.current) return null;
    isRunning.current = true;
    setBusy(true);
    setRefusal(null);
    const data = await run(document, variables);
    if (data !== null) await read();
    isRunning.current = false;
    setBusy(false);
    return data;
  }

  return { overview, refusal, isBusy, tenant: name, change, clear: () => setRefusal(null) };
}
