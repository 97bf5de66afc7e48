import { ProofError, type ProofFault } from '../../zero-knowledge/errors.ts';
import { type Answer, type Refusal, refuse } from '../graph.ts';

/** A request of a proof was refused: by the graph, or by the page before it was sent. */
export class RefusedRequest extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** The names of the fields of a choice. */
export interface ChoiceNames {
  readonly image: string;
  readonly pin: string;
  readonly pattern: string;
}

/** The fields of a form with one choice. */
export const CHOICE_NAMES: ChoiceNames = { image: 'image', pin: 'pin', pattern: 'pattern' };

/** Which field a fault is about. */
const FIELDS: Partial<Readonly<Record<ProofFault, keyof ChoiceNames>>> = {
  IMAGE_EMPTY: 'image',
  IMAGE_TOO_LARGE: 'image',
  IMAGE_UNREADABLE: 'image',
  PATTERN_INVALID: 'pattern',
  PIN_INVALID: 'pin',
};

/** A fault as the page shows it. @param names Null: it is not known which choice of the form it is about. */
function describeFault({ code }: ProofError, names: ChoiceNames | null): { readonly refusal: Refusal } {
  const field = FIELDS[code];
  if (field === undefined || names === null) return refuse(code);
  return refuse('INVALID_INPUT', [{ path: names[field], code }]);
}

/**
 * Does what needs a proof. A proof that was not made or not taken is a refusal; other errors are faults of the page, and are thrown on.
 * @param names The fields of the choice. Null: the form has two choices.
 */
export async function attempt<Data>(
  task: () => Promise<Data>,
  names: ChoiceNames | null = CHOICE_NAMES,
): Promise<Answer<Data>> {
  try {
    return { data: await task() };
  } catch (error) {
    if (error instanceof RefusedRequest) return { refusal: error.refusal };
    if (error instanceof ProofError) return describeFault(error, names);
    throw error;
  }
}
