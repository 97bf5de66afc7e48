import { useCallback, useEffect, useRef, useState } from 'react';
import { type Answer, ask, type PageDocument, type Refusal, type Send } from '../graph.ts';
import { AccountOverview, type AccountOverviewData, type Demands, IssueAccountToken } from '../operations.generated.ts';
import type { AccountState } from '../state.ts';

/** A passkey or a security key of the account. */
export type OwnPasskey = AccountOverviewData['ownPasskeys'][number];

export type Overview = NonNullable<AccountOverviewData['account']>;

/** Whether its user signs in with an image. */
export const hasImage = ({ credentials }: Overview): boolean =>
  (credentials ?? []).some((credential) => credential?.type === 'IMAGE_PROOF');

/** The account of the user who is signed in, and changes to it. */
export interface Account {
  /** Null until it was read. */
  readonly overview: Overview | null;
  /** Security keys too. */
  readonly passkeys: readonly OwnPasskey[];
  /** What belongs to an image here; null until it was read. */
  readonly demands: Demands | null;
  readonly refusal: Refusal | null;
  readonly isBusy: boolean;
  readonly tenant: string;
  /** Sends a change, and reads the account again. @returns What it answered; null: it was not made. */
  change<Data, Variables>(document: PageDocument<Data, Variables>, variables: Variables): Promise<Data | null>;
  /** Makes a change that takes more than a request, and reads the account again. @returns As `change`. */
  perform<Data>(task: (send: Send) => Promise<Answer<Data>>): Promise<Data | null>;
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
  const [read, setRead] = useState<AccountOverviewData | null>(null);
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

  /** Runs a document with the token of the account. */
  const send: Send = useCallback(
    async (document, variables) => {
      const value = await tokenOf();
      return typeof value === 'string' ? ask(document, variables, value) : { refusal: value };
    },
    [tokenOf],
  );

  /** Null: it was refused, which the page says. */
  const take = useCallback(<Data>(answer: Answer<Data>): Data | null => {
    if ('data' in answer) return answer.data;
    if (SIGNED_OUT.has(answer.refusal.code)) location.reload();
    else setRefusal(answer.refusal);
    return null;
  }, []);

  const readAgain = useCallback(async (): Promise<void> => {
    const data = take(await send(AccountOverview, { tenant: name }));
    if (data !== null) setRead(data);
  }, [send, take, name]);

  useEffect(() => {
    void readAgain();
    // A page that the browser kept shows an account whose user may have signed out; the server knows.
    const onShow = (event: PageTransitionEvent): void => {
      if (event.persisted) location.reload();
    };
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [readAgain]);

  async function perform<Data>(task: (send: Send) => Promise<Answer<Data>>): Promise<Data | null> {
    if (isRunning.current) return null;
    isRunning.current = true;
    setBusy(true);
    setRefusal(null);
    const data = take(await task(send));
    if (data !== null) await readAgain();
    isRunning.current = false;
    setBusy(false);
    return data;
  }

  return {
    overview: read?.account ?? null,
    passkeys: read?.ownPasskeys ?? [],
    demands: read?.imageProofDemands ?? null,
    refusal,
    isBusy,
    tenant: name,
    change: (document, variables) => perform((sendOne) => sendOne(document, variables)),
    perform,
    clear: () => setRefusal(null),
  };
}
