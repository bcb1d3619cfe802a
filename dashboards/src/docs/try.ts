// “Try it”: one GET of the hub with the key of this browser, and what it answered. Anything that changes something is shown
// as a command instead, so that nobody deletes a device by looking at a page.
import { h } from './dom'
import type { Route } from './openapi'
import { words } from './words'

const SHOWN = 20_000
export const readKey = (): string => localStorage.getItem('chengshu.key') ?? ''

/** The address with its parameters filled in; empty ones are left out. */
export function address(route: Route, values: Record<string, string>): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
  const query = (route.operation.parameters ?? []).filter((p) => p.in === 'query' && values[p.name]).map((p) => `${encodeURIComponent(p.name)}=${encodeURIComponent(values[p.name]!)}`)
  return query.length ? `${path}?${query.join('&')}` : path
}

export function command(route: Route): string {
  const body = route.operation.requestBody ? ` -H 'Content-Type: ${Object.keys(route.operation.requestBody.content)[0]}' --data @BODY` : ''
  const key = route.operation.security ? ` -H "Authorization: Bearer $KEY"` : ''
  return `curl${route.method === 'GET' ? '' : ` -X ${route.method}`}${key}${body} '${location.origin}${route.path}'`
}

export function tryIt(route: Route): HTMLElement {
  if (route.method !== 'GET' || route.path.endsWith('/stream')) return h('div', { className: 'try' }, h('h4', null, words.command), h('pre', null, command(route)))
  const values: Record<string, string> = {}
  const inputs = (route.operation.parameters ?? []).filter((p) => p.in !== 'header').map((p) => {
    const input = h('input', { name: p.name, placeholder: p.required ? words.required : '', autocomplete: 'off' })
    input.addEventListener('input', () => (values[p.name] = input.value.trim()))
    return h('label', null, p.name, input)
  })
  const line = h('p', { className: 'quiet' })
  const output = h('pre', { hidden: true })
  const button = h('button', { type: 'submit' }, words.send)
  const form = h('form', { className: 'try' }, h('h4', null, words.try), ...inputs, button, line, output)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void ask(address(route, values), line, output)
  })
  return form
}

async function ask(where: string, line: HTMLElement, output: HTMLElement): Promise<void> {
  const begun = performance.now()
  line.textContent = `GET ${where} …`
  try {
    const key = readKey()
    const answer = await fetch(where, { headers: key ? { authorization: `Bearer ${key}` } : {} })
    const raw = await answer.text()
    const took = Math.round(performance.now() - begun)
    line.textContent = `GET ${where} → ${answer.status} · ${took} ${words.ms}${raw.length > SHOWN ? ` · ${words.cut}` : ''}`
    const json = answer.headers.get('content-type')?.includes('json') ?? false
    output.textContent = (json && raw.length <= SHOWN ? pretty(raw) : raw).slice(0, SHOWN)
    output.hidden = false
  } catch (error) {
    line.textContent = `GET ${where}: ${String(error)}`
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
