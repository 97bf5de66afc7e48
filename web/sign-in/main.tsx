import { lazy, type ReactNode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import './page.css';
import { later } from './later.ts';
import { ErrorPage } from './pages/error.page.tsx';
import { SignInPage } from './pages/sign-in.page.tsx';
import { SignOutPage } from './pages/sign-out.page.tsx';
import { SignedOutPage } from './pages/signed-out.page.tsx';
import { type PageState, readState } from './state.ts';
import { describeCode, startTexts } from './texts/texts.ts';

/** Loaded by those alone who open them, so that signing in stays quick. */
const AccountPage = later((parts) => parts.AccountPage);
const LinkAccountPage = later((parts) => parts.LinkAccountPage);
const ImageResetPage = lazy(async () => ({ default: (await import('./image/image-parts.ts')).ImageResetPage }));

function Page({ state }: { readonly state: PageState }): ReactNode {
  switch (state.page) {
    case 'account':
      return (
        <Suspense>
          <AccountPage state={state} />
        </Suspense>
      );
    case 'image-reset':
      return (
        <Suspense>
          <ImageResetPage state={state} />
        </Suspense>
      );
    case 'sign-in':
      return <SignInPage state={state} />;
    case 'link-account':
      return (
        <Suspense>
          <LinkAccountPage state={state} />
        </Suspense>
      );
    case 'sign-out':
      return <SignOutPage state={state} />;
    case 'signed-out':
      return <SignedOutPage {...state} />;
    case 'error':
      return <ErrorPage {...state} text={describeCode(state.code, state.message)} />;
  }
}

/**
 * React Aria adds a style element unless one with this id is there. The policy of the page blocks such elements and reports each;
 * `page.css` has the rule.
 */
const STYLE_OF_REACT_ARIA = 'react-aria-pressable-style';

async function show(state: PageState): Promise<void> {
  await startTexts(state.locale);
  createRoot(document.getElementById('page')!).render(<Page state={state} />);
}

document.querySelector('link[rel="stylesheet"]')!.id = STYLE_OF_REACT_ARIA;
void show(readState());
