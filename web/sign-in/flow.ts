import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from 'react';
import { ask, type PageDocument, type Refusal } from './graph.ts';
import { Interaction, type Step } from './operations.generated.ts';
import type { SignInState, Tenant } from './state.ts';
import { t } from './texts/texts.ts';

/** What the input of every step has. */
interface Place {
  readonly tenant?: string | null | undefined;
  readonly handle: string;
}

interface StepPayload {
  readonly step: Step;
  readonly recoveryCodes?: readonly string[] | null;
}

type StepData = Readonly<Record<string, StepPayload>>;

/** The data of one step. */
export type StepOf<Name extends Step['__typename']> = Extract<Step, { readonly __typename: Name }>;

/** What a page shows in place of a step, such as another way to sign in. Only the page knows of it. */
export interface Branch {
  readonly title: string;
  readonly content: ReactNode;
}

/** What comes of a task of a page: the step that follows, a refusal, or a branch. */
export type Outcome =
  | { readonly payload: StepPayload; readonly notice?: string }
  | { readonly refusal: Refusal }
  | { readonly branch: Branch; readonly notice?: string };

/** Where an interaction is, and how its steps go on. */
export interface Flow {
  readonly tenant: Tenant | null;
  readonly handle: string;
  readonly application: SignInState['interaction']['application'];
  readonly refusal: Refusal | null;
  readonly notice: string | null;
  readonly isBusy: boolean;
  /** The name under which the person signs in, for password managers; null when the page was loaded after that step. */
  readonly identifier: string | null;
  /**
   * Sends what a step demands, and shows the step that follows.
   * @param notice What the page says beside that step.
   */
  submit<Data extends StepData, Input extends Place>(
    document: PageDocument<Data, { input: Input }>,
    input: Omit<Input, keyof Place>,
    notice?: string,
  ): Promise<void>;
  /** As `submit`, inside a task. */
  send<Data extends StepData, Input extends Place>(
    document: PageDocument<Data, { input: Input }>,
    input: Omit<Input, keyof Place>,
  ): Promise<Outcome>;
  /** Does something that takes more than a request, and shows what comes of it. */
  perform(task: () => Promise<Outcome>): Promise<void>;
  /** Shows something in place of the step. */
  open(branch: Branch): void;
  /** Shows the step again. */
  leave(): void;
  /** Takes back what the page said about the last request. */
  clear(): void;
  setIdentifier(identifier: string): void;
}

/** A step on the screen. Its number makes the page of a repeated step a new one. */
export interface Shown {
  readonly number: number;
  readonly step: Step;
  /** What is shown in place of the step. */
  readonly branch: Branch | null;
  /** Shown before the step, once. */
  readonly recoveryCodes: readonly string[] | null;
  /** The interaction cannot go on in this browser. */
  readonly fault: Refusal | null;
}

/** A step was taken elsewhere, or the interaction is over; the server knows where it is now. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'INTERACTION_STEP_OTHER',
  'INTERACTION_NOT_FOUND',
  'IMAGE_PROOF_REQUEST_INVALID',
]);

export function useFlow({ tenant, handle, interaction }: SignInState): {
  readonly flow: Flow;
  readonly shown: Shown;
  readonly dropCodes: () => void;
} {
  const [shown, setShown] = useState<Shown>({
    number: 0,
    step: interaction.step,
    branch: null,
    recoveryCodes: null,
    fault: null,
  });
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [identifier, setIdentifier] = useState<string | null>(null);
  // React renders after an event, so a second click can come before `isBusy` is seen.
  const isRunning = useRef(false);
  const tenantName = tenant?.name ?? null;

  /** @param codes Default: those that are shown already, which no later answer has. */
  const show = useCallback((step: Step, codes?: readonly string[] | null) => {
    setShown((last) => {
      const recoveryCodes = codes === undefined ? last.recoveryCodes : codes;
      // The same step stays as it is, with what was typed.
      const isSame = recoveryCodes === last.recoveryCodes && JSON.stringify(step) === JSON.stringify(last.step);
      const branch = isSame ? last.branch : null;
      return { number: isSame ? last.number : last.number + 1, step, branch, recoveryCodes, fault: null };
    });
  }, []);

  const showBranch = useCallback((branch: Branch | null): void => {
    setShown((last) => ({ ...last, number: last.number + 1, branch }));
  }, []);

  const clear = useCallback((): void => {
    setRefusal(null);
    setNotice(null);
  }, []);

  /** Asks where the interaction is. One that is over is the server's to explain: it knows where to start again. */
  const refresh = useCallback(async (): Promise<void> => {
    const answer = await ask(Interaction, { tenant: tenantName, handle });
    if ('data' in answer) show(answer.data.interaction.step);
    else if (answer.refusal.code === 'INTERACTION_NOT_FOUND') location.reload();
    else if (answer.refusal.code === 'BROWSER_REQUIRED') setShown((last) => ({ ...last, fault: answer.refusal }));
    else setRefusal(answer.refusal);
  }, [tenantName, handle, show]);

  const run = useCallback(
    async (task: () => Promise<void>): Promise<void> => {
      if (isRunning.current) return;
      isRunning.current = true;
      setBusy(true);
      clear();
      try {
        await task();
      } finally {
        isRunning.current = false;
        setBusy(false);
      }
    },
    [clear],
  );

  useEffect(() => {
    // A page that the browser kept shows a step that may be over.
    const onShow = (event: PageTransitionEvent): void => {
      if (event.persisted) void run(refresh);
    };
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [run, refresh]);

  async function send<Data extends StepData, Input extends Place>(
    document: PageDocument<Data, { input: Input }>,
    rest: Omit<Input, keyof Place>,
  ): Promise<Outcome> {
    // The compiler does not know that an input without two members is whole again with them.
    const input = { ...rest, tenant: tenantName, handle } as unknown as Input;
    const answer = await ask(document, { input });
    return 'data' in answer ? { payload: Object.values(answer.data)[0]! } : answer;
  }

  async function showOutcome(outcome: Outcome): Promise<void> {
    if ('refusal' in outcome) {
      if (!ELSEWHERE.has(outcome.refusal.code)) return setRefusal(outcome.refusal);
      await refresh();
      return setNotice(t('stepOther'));
    }
    if ('branch' in outcome) showBranch(outcome.branch);
    else show(outcome.payload.step, outcome.payload.recoveryCodes ?? null);
    setNotice(outcome.notice ?? null);
  }

  const perform = (task: () => Promise<Outcome>): Promise<void> => run(async () => showOutcome(await task()));

  function submit<Data extends StepData, Input extends Place>(
    document: PageDocument<Data, { input: Input }>,
    input: Omit<Input, keyof Place>,
    notice?: string,
  ): Promise<void> {
    return perform(async () => {
      const outcome = await send(document, input);
      return 'payload' in outcome && notice !== undefined ? { ...outcome, notice } : outcome;
    });
  }

  const change = (branch: Branch | null): void => {
    clear();
    showBranch(branch);
  };

  const flow: Flow = {
    tenant,
    handle,
    application: interaction.application,
    refusal,
    notice,
    isBusy,
    identifier,
    submit,
    send,
    perform,
    open: change,
    leave: () => change(null),
    clear,
    setIdentifier,
  };
  return { flow, shown, dropCodes: () => show(shown.step, null) };
}

export const FlowContext = createContext<Flow | null>(null);

export function useStep(): Flow {
  const flow = use(FlowContext);
  if (flow === null) throw new Error('A step is shown outside of an interaction.');
  return flow;
}
