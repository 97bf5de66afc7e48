/** All that works with images, in one file of the build: nobody loads it who does not open a page with an image. */
export { EmailForm } from '../account/email-form.tsx';
export { ImageForm } from '../account/image-form.tsx';
export { createWays } from './branches.tsx';
export { ImageResetPage } from './image-reset.page.tsx';
