/**
 * Shows `/openapi/<name>.json`, where the address of the page is `/docs/<name>`. Texts of the description become text nodes,
 * never markup.
 */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const PLACES = { path: 'path', query: 'query', header: 'header' };

/** An element with its attributes and children; texts become text nodes. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

const code = (text) => make('code', {}, text);

/** Text in which `backticks` mean code. */
const prose = (text) => text.split('`').map((part, at) => (at % 2 === 1 ? code(part) : part));

/** The type of a JSON Schema in one line. */
function typeOf(schema) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return [...new Set(forms.map(typeOf))].join(' | ');
  if (schema.type === 'array') {
    const item = typeOf(schema.items ?? {});
    return item.includes(' ') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object' && schema.properties === undefined)
    return `object of ${typeOf(schema.additionalProperties)}`;
  return Array.isArray(schema.type) ? schema.type.join(' | ') : (schema.type ?? 'any');
}

const LIMITS = {
  minLength: (value) => `at least ${value} characters`,
  maxLength: (value) => `at most ${value} characters`,
  maxItems: (value) => `at most ${value} items`,
  minItems: (value) => `at least ${value} items`,
  minimum: (value) => (value === Number.MIN_SAFE_INTEGER ? null : `from ${value}`),
  maximum: (value) => (value === Number.MAX_SAFE_INTEGER ? null : `up to ${value}`),
  format: (value) => value,
};

/** What else the schema says: a description and limits. */
function remarksOn(schema, description = schema.description) {
  const limits = Object.entries(LIMITS).flatMap(([name, text]) => {
    const limit = schema[name] === undefined ? null : text(schema[name]);
    return limit === null ? [] : [limit];
  });
  const limitText = limits.length === 0 ? null : make('span', { class: 'note' }, ` (${limits.join(', ')})`);
  return [...(description === undefined ? [] : prose(description)), limitText];
}

/** The members of an object, those of inner objects and of items after them: `a`, `a.b`, `list[].c`. */
function membersOf(schema, prefix = '') {
  if (schema.type === 'array') return membersOf(schema.items ?? {}, `${prefix}[]`);
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return forms.flatMap((form) => membersOf(form, prefix));
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const isRequired = schema.required?.includes(name) === true;
    return [{ path, member, isRequired }, ...membersOf(member, path)];
  });
}

function table(heads, rows) {
  const head = make(
    'tr',
    {},
    heads.map((text) => make('th', {}, text)),
  );
  return make('table', {}, make('thead', {}, head), make('tbody', {}, rows));
}

const row = (...cells) =>
  make(
    'tr',
    {},
    cells.map((cell) => make('td', {}, cell)),
  );

const named = (name, isRequired) => make('span', isRequired ? { class: 'required' } : {}, code(name));

function schemaTable(schema) {
  const members = membersOf(schema);
  const own = schema.properties === undefined ? make('p', { class: 'note' }, code(typeOf(schema))) : null;
  if (members.length === 0) return [own];
  const rows = members.map(({ path, member, isRequired }) =>
    row(named(path, isRequired), code(typeOf(member)), remarksOn(member)),
  );
  return [own, table(['Member', 'Type', ''], rows)];
}

function parametersOf({ parameters = [] }) {
  if (parameters.length === 0) return [];
  const rows = parameters.map(({ name, in: place, required, schema, description }) =>
    row(named(name, required), [code(typeOf(schema)), ` in ${PLACES[place]}`], remarksOn(schema, description)),
  );
  return [make('h3', {}, 'Parameters'), table(['Name', 'Type', ''], rows)];
}

function bodyOf({ requestBody }) {
  if (requestBody === undefined) return [];
  return Object.entries(requestBody.content).flatMap(([type, { schema }]) => [
    make('h3', {}, `Body, ${type}${requestBody.required ? '' : ', may be left out'}`),
    ...schemaTable(schema),
  ]);
}

function responsesOf({ responses }) {
  const rows = Object.entries(responses).map(([status, { description }]) => row(code(status), description));
  const bodies = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).flatMap(([type, { schema }]) => [
      make('h3', {}, `Answer ${status}, ${type}`),
      ...schemaTable(schema),
    ]),
  );
  return [...bodies, make('h3', {}, 'Answers'), table(['Status', ''], rows)];
}

/** Scopes of each kind of token, of which one is enough; else the other ways to call. */
function securityOf({ security = [] }, { securitySchemes }) {
  const scopes = Map.groupBy(security, (one) => Object.keys(one)[0] ?? 'nobody');
  const rows = [...scopes].map(([scheme, ways]) =>
    row(
      scheme === 'nobody' ? 'No credential' : code(scheme),
      ways.flatMap((way) => (Object.values(way)[0] ?? []).flatMap((scope) => [code(scope), ' '])),
      securitySchemes[scheme]?.description ?? '',
    ),
  );
  return [make('h3', {}, 'Who may call'), table(['Credential', 'Any of the scopes', ''], rows)];
}

function graphqlOf({ 'x-graphql': graphql }) {
  return [
    make('h3', {}, 'GraphQL operation'),
    make('details', {}, make('summary', {}, code(graphql.operation)), make('pre', {}, graphql.document.trim())),
  ];
}

function articleOf(entry, components) {
  const { method, path, operation } = entry;
  const address = [make('span', { class: `method ${method}` }, method), ' ', code(path)];
  return make(
    'article',
    { id: operation.operationId },
    make('span', { class: 'section' }, `Manual, ${operation['x-spec']}`),
    make('h2', {}, prose(operation.summary)),
    make('p', { class: 'address' }, address),
    securityOf(operation, components),
    parametersOf(operation),
    bodyOf(operation),
    responsesOf(operation),
    graphqlOf(operation),
  );
}

const entriesOf = ({ paths }) =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => ({
      method: method.toUpperCase(),
      path,
      operation: item[method],
    })),
  );

/** The list beside the articles, and the field that narrows both. */
function sidebarOf(entries, articles) {
  const items = entries.map(({ method, path, operation }) =>
    make(
      'li',
      {},
      make(
        'a',
        { href: `#${operation.operationId}`, title: `${method} ${path}` },
        make('span', { class: `method ${method}` }, method),
        make('span', {}, prose(operation.summary)),
      ),
    ),
  );
  const texts = entries.map(({ method, path, operation }) =>
    `${method} ${path} ${operation.summary} ${operation['x-spec']} ${JSON.stringify(operation.security)} ${operation['x-graphql'].operation}`.toLowerCase(),
  );
  const field = make('input', { type: 'search', placeholder: 'Path, scope, operation ...', 'aria-label': 'Find' });
  field.addEventListener('input', () => {
    const words = field.value.toLowerCase().split(/\s+/);
    texts.forEach((text, at) => {
      const isHidden = !words.every((word) => text.includes(word));
      items[at].hidden = isHidden;
      articles[at].hidden = isHidden;
    });
  });
  return make('aside', {}, field, make('ul', {}, items));
}

function show(place, description) {
  const entries = entriesOf(description);
  const articles = entries.map((entry) => articleOf(entry, description.components));
  const { title, description: text } = description.info;
  document.title = `${title} - Idgraph API reference`;
  const about = make(
    'p',
    { class: 'note' },
    `${text} ${entries.length} operations at `,
    code(description.servers[0].url),
    '. ',
    make('a', { href: `/openapi/${place.dataset.name}.json` }, 'OpenAPI 3.1'),
  );
  place.replaceChildren(sidebarOf(entries, articles), make('main', {}, make('h1', {}, title), about, articles));
  // The part of the address after # names an article that was not there when the page was loaded.
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

async function main() {
  const place = document.getElementById('reference');
  const [, name] = /^\/docs\/([^/]+)$/.exec(location.pathname) ?? [];
  if (name === undefined) {
    place.className = 'list';
    const links = [...document.querySelectorAll('nav a')].map((link) =>
      make('li', {}, make('a', { href: link.href }, link.textContent), ` - ${link.title}`),
    );
    place.replaceChildren(make('main', {}, make('h1', {}, 'APIs'), make('ul', {}, links)));
    return;
  }
  place.dataset.name = name;
  document.querySelector(`nav a[href="/docs/${name}"]`)?.setAttribute('aria-current', 'page');
  const answer = await fetch(`/openapi/${name}.json`);
  if (answer.ok) show(place, await answer.json());
  else place.textContent = `The description could not be loaded: ${answer.status}.`;
}

await main();
