import { useEffect, useRef, useState } from 'react';
import { type Answer, ask, type PageDocument, type Refusal } from '../graph.ts';

/** What every question is found by. */
interface Place {
  readonly tenant: string | null;
  readonly handle: string;
}

interface Decision<Asked extends Place> {
  readonly input: Asked & { readonly isConfirmed: boolean };
}

/**
 * Sends the answer to a question of the server, once however often it is clicked.
 * @param asked Which question it is, and what the page said about it where the answer repeats that.
 * @param isOver Whether the question cannot be answered any more. The page is loaded again, because the server says how to go on.
 */
export function useQuestion<Data, Asked extends Place>(
  document: PageDocument<Data, Decision<Asked>>,
  asked: Asked,
  isOver: (code: string) => boolean,
  onAnswer: (data: Data) => void,
) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  // React renders after an event, so a second click can come before `isBusy` is seen.
  const isRunning = useRef(false);

  useEffect(() => {
    // A page that the browser kept asks about a session that may have ended; the server knows.
    const onShow = (event: PageTransitionEvent): void => {
      if (event.persisted) location.reload();
    };
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, []);

  async function send(isConfirmed: boolean): Promise<void> {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    setRefusal(null);
    const result: Answer<Data> = await ask(document, { input: { ...asked, isConfirmed } });
    isRunning.current = false;
    setBusy(false);
    if ('data' in result) onAnswer(result.data);
    else if (isOver(result.refusal.code)) location.reload();
    else setRefusal(result.refusal);
  }

  return { send, refusal, isBusy };
}
