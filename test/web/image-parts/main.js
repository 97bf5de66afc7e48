/** Shows the parts of the sign-in pages with which a person chooses an image and a pattern, alone and in the state that a test asks for. */
import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ImageField } from '../../../web/sign-in/image/image-field.tsx';
import { PatternGrid } from '../../../web/sign-in/image/pattern-grid.tsx';
import { Faults } from '../../../web/sign-in/parts/form.tsx';
import { startTexts } from '../../../web/sign-in/texts/texts.ts';
import '../../../web/sign-in/page.css';

const query = new URLSearchParams(location.search);
const fault = 'This cannot be used.';
const faults = new Map(
  query.has('faults')
    ? [
        ['image', fault],
        ['pattern', fault],
      ]
    : [],
);

function Parts() {
  const [points, setPoints] = useState([]);
  const [image, setImage] = useState(null);
  const side = Number(query.get('side') ?? 3);
  const choice = { name: 'image', label: 'Your image', hint: 'Any picture.', image, onChange: setImage };
  const pattern = { name: 'pattern', side, label: 'Your pattern', points, onChange: setPoints };
  const fields = [
    createElement(ImageField, { key: 'image', ...choice }),
    createElement(PatternGrid, { key: 'pattern', ...pattern }),
  ];
  const form = createElement('form', { className: 'form' }, createElement(Faults, { value: faults }, fields));
  return createElement('main', { className: 'card' }, createElement('h1', { className: 'title' }, 'Parts'), form);
}

// As the pages do, so that React Aria adds no style element, which the policy forbids.
document.querySelector('link[rel="stylesheet"]').id = 'react-aria-pressable-style';
await startTexts('en');
createRoot(document.getElementById('page')).render(createElement(Parts));
