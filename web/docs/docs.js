/**
 * Shows `/openapi/<name>.json` in Swagger UI when the address of the page is `/docs/<name>`. A plugin adds what Swagger UI
 * does not show: who may call an operation, the GraphQL operation that it runs, and a search in both.
 */

/* global SwaggerUIBundle */

const CREDENTIALS = {
  userToken: 'Token of a user',
  applicationToken: 'Token of an application',
  client: 'Id and secret of a client',
  browser: 'Session of the browser',
};

/** Scopes by the credential that holds them; `null` for an operation that needs no credential. */
function callersOf(security) {
  const callers = new Map();
  for (const way of security) {
    const [[scheme, scopes] = [null, []]] = Object.entries(way);
    callers.set(scheme, [...(callers.get(scheme) ?? []), ...scopes]);
  }
  return [...callers];
}

/** The section between the parameters and the responses of an operation. */
function behindOf(h, { security = [], 'x-spec': section, 'x-graphql': graphql }) {
  const callers = callersOf(security).map(([scheme, scopes]) =>
    h(
      'p',
      { key: scheme ?? '' },
      scheme === null ? 'Anybody' : (CREDENTIALS[scheme] ?? scheme),
      scopes.length === 0 ? '' : ' with any of: ',
      scopes.flatMap((scope) => [h('code', { key: scope }, scope), ' ']),
    ),
  );
  return h(
    'div',
    { className: 'behind' },
    h('h5', null, 'Who may call'),
    callers,
    h('h5', null, 'Section of the manual'),
    h('p', null, section),
    h('h5', null, 'GraphQL operation'),
    h(
      'details',
      null,
      h('summary', null, h('code', null, graphql.operation)),
      h('pre', null, h('code', null, graphql.document.trim())),
    ),
  );
}

/** Operations whose path, summary, scopes or GraphQL operation together contain every word. */
function findOperations(taggedOperations, phrase) {
  const words = phrase.toLowerCase().split(/\s+/);
  const holds = (entry) => {
    const { path, method, operation } = entry.toJS();
    const { summary, tags, security, 'x-spec': section, 'x-graphql': graphql } = operation;
    const text = JSON.stringify([
      `${method} ${path}`,
      summary,
      tags,
      security,
      section,
      graphql.operation,
    ]).toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return taggedOperations
    .map((tag) => tag.update('operations', (operations) => operations.filter(holds)))
    .filter((tag) => tag.get('operations').size > 0);
}

const plugin = ({ React: { createElement: h } }) => ({
  fn: { opsFilter: findOperations },
  components: {
    FilterContainer: ({ layoutSelectors, layoutActions }) => {
      const phrase = layoutSelectors.currentFilter();
      const field = {
        type: 'search',
        className: 'operation-filter-input',
        placeholder: 'Path, scope, GraphQL operation ...',
        'aria-label': 'Find',
        value: typeof phrase === 'string' ? phrase : '',
        onChange: ({ target }) => layoutActions.updateFilter(target.value),
      };
      return h('div', { className: 'filter wrapper' }, h('input', field));
    },
  },
  wrapComponents: {
    responses:
      (Responses, { specSelectors }) =>
      (props) => {
        const operation = specSelectors.specJson().getIn(['paths', props.path, props.method]);
        return h('div', null, behindOf(h, operation.toJS()), h(Responses, props));
      },
  },
});

const [, name] = /^\/docs\/([^/]+)$/.exec(location.pathname) ?? [];
const place = document.getElementById('reference');
if (name === undefined) place.className = 'list';
else {
  const link = document.querySelector(`nav a[href="/docs/${name}"]`);
  link.setAttribute('aria-current', 'page');
  document.title = `${link.textContent} - Idgraph API reference`;
  SwaggerUIBundle({
    url: `/openapi/${name}.json`,
    domNode: place,
    plugins: [plugin],
    deepLinking: true,
    filter: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    // Do not send the document to Swagger's online validator.
    validatorUrl: null,
  });
}
