// The page of the API: reads openapi.json of this hub and draws it. Plain elements, no framework: it must be quick and keep
// within the hub's policy (no inline style or script, nothing from outside).
import '../styles/tokens.css'
import './docs.css'
import { h } from './dom'
import { bounds, groups, named, told, type Document, type Route, type Schema } from './openapi'
import { readKey, tryIt } from './try'
import { lang, words } from './words'

document.documentElement.lang = lang === 'en' ? 'en' : 'zh-CN'
document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day'
document.title = `城枢 · ${words.title}`
const root = document.getElementById('docs')!

function table(rows: [string, string, string, string, boolean][]): HTMLElement {
  const head = h('tr', null, ...[words.name, words.where, words.type, words.means].map((w) => h('th', { scope: 'col' }, w)))
  const body = rows.map(([name, where, type, means, required]) =>
    h('tr', null, h('td', null, h('code', null, name), required ? h('em', null, ` ${words.required}`) : null), h('td', null, where), h('td', null, h('code', null, type)), h('td', null, means)))
  return h('div', { className: 'wide', tabIndex: 0 }, h('table', null, h('thead', null, head), h('tbody', null, ...body)))
}

function fields(schema: Schema): HTMLElement | null {
  const rows = Object.entries(schema.properties ?? {}).map(([name, s]) => [name, '', `${told(s)} ${bounds(s)}`.trim(), s.description ?? '', schema.required?.includes(name) ?? false] as [string, string, string, string, boolean])
  return rows.length ? table(rows) : h('p', null, h('code', null, told(schema)))
}

function schemas(spec: Document, schema: Schema | undefined): HTMLElement[] {
  return named(spec, schema).map((name) => {
    const one = spec.components.schemas[name] ?? {}
    return h('details', { className: 'schema' }, h('summary', null, h('code', null, name), one.description ? ` ${one.description.split('\n')[0]}` : ''), fields(one))
  })
}

/** What stands under a route is only drawn when somebody opens it. */
function inside(spec: Document, route: Route): HTMLElement {
  const { operation } = route
  const parts: HTMLElement[] = []
  if (operation.parameters?.length) {
    parts.push(h('h4', null, words.parameters), table(operation.parameters.map((p) => [p.name, p.in, `${told(p.schema)} ${bounds(p.schema)}`.trim(), p.description ?? '', p.required ?? false])))
  }
  for (const [media, content] of Object.entries(operation.requestBody?.content ?? {})) {
    parts.push(h('h4', null, `${words.body} · ${media}`), ...schemas(spec, content.schema))
  }
  parts.push(h('h4', null, words.answers))
  for (const [status, answer] of Object.entries(operation.responses)) {
    const media = Object.entries(answer.content ?? {})
    parts.push(h('p', { className: status < '300' ? 'good' : 'quiet' }, h('b', null, status), ` ${answer.description}${media.length ? ` · ${media.map(([m]) => m).join(', ')}` : ''}`))
    if (status < '300') for (const [, content] of media) parts.push(...schemas(spec, content.schema))
  }
  return h('div', { className: 'inside' }, ...parts, tryIt(route))
}

function drawn(spec: Document, route: Route): HTMLElement {
  const open = route.operation.security ? null : h('small', null, words.open)
  const line = h('summary', null, h('b', { className: `method ${route.method.toLowerCase()}` }, route.method), h('code', null, route.path), h('span', null, route.operation.summary ?? ''), open)
  const box = h('details', { className: 'route', id: route.operation.operationId }, line)
  box.addEventListener('toggle', () => box.childElementCount === 1 && box.append(inside(spec, route)))
  return box
}

function draw(spec: Document): void {
  const list = h('div', null)
  const nav = h('nav', null)
  const filter = h('input', { type: 'search', placeholder: words.filter, ariaLabel: words.filter })
  const key = h('input', { type: 'password', placeholder: words.key, ariaLabel: words.key, title: words.keyHint, value: readKey(), autocomplete: 'off' })
  key.addEventListener('change', () => localStorage.setItem('chengshu.key', key.value.trim()))
  const show = (): void => {
    const found = groups(spec, filter.value)
    nav.replaceChildren(...found.map((g) => h('a', { href: `#${g.name}` }, g.description)))
    list.replaceChildren(...found.map((g) => h('section', { id: g.name }, h('h2', null, g.description), ...g.routes.map((r) => drawn(spec, r)))))
    if (!found.length) list.replaceChildren(h('p', { className: 'quiet' }, words.none))
  }
  filter.addEventListener('input', show)
  const file = h('a', { href: '/api/v1/openapi.json' }, words.file)
  const head = h('header', null, h('h1', null, `${spec.info.title} · ${words.title} `, h('small', null, spec.info.version)), h('p', null, `${words.intro} ${spec.info.description ?? ''} `, file), filter, key)
  root.replaceChildren(head, h('div', { className: 'columns' }, nav, h('main', null, list)))
  show()
  const asked = location.hash && document.getElementById(location.hash.slice(1))
  if (asked instanceof HTMLDetailsElement) asked.open = true
  if (asked) asked.scrollIntoView()
}

fetch('/api/v1/openapi.json')
  .then((answer) => (answer.ok ? (answer.json() as Promise<Document>) : Promise.reject(new Error(String(answer.status)))))
  .then(draw)
  .catch((error: unknown) => root.replaceChildren(h('p', null, `${words.failed}: ${String(error)}`)))
