// For component tests: the live data of a fake hub and its answers, without a socket. `fetch` is answered by the hub's
// own reply(), so that what is tested is the client's real path.
import { render } from '@testing-library/vue'
import { vi } from 'vitest'
import { defineComponent, h, type Component } from 'vue'
import { me } from '../access/me'
import type { Me } from '../api/access-types'
import { FakeHub } from '../../fake/server.mjs'
import type { Snapshot } from '../api/types'
import { i18n } from '../i18n'
import { Catalogue } from '../live/catalogue'
import { Live } from '../live/live'
import { provideLive } from '../live/use'
import { provideBooks } from './books'

export interface Asked { method: string; path: string; body: unknown }

export function startHub(options: { themes?: number } = {}): { hub: FakeHub; live: Live; asked: Asked[]; sync(): void } {
  const hub = new FakeHub({ tickMs: 1e8, beatMs: 1e8, ...options })
  const asked: Asked[] = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const url = new URL(path, 'http://fake')
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : (init.body ?? null)
    asked.push({ method: init.method ?? 'GET', path: url.pathname + decodeURIComponent(url.search), body })
    const [status, answer, , headers] = (hub.access.open(init.method ?? 'GET', url.pathname, body, Date.now()) ?? hub.reply(init.method ?? 'GET', url, body, hub.who, init.headers)) as [number, unknown, unknown, Record<string, string> | undefined]
    return { ok: status < 300, status, headers: new Headers(headers), json: async () => structuredClone(answer), blob: async () => new Blob([answer as string]) }
  })
  me.value = hub.who as unknown as Me
  const live = new Live()
  live.catalogue.value = new Catalogue(hub.themes as never)
  /** Brings the window up to the hub's present. */
  const sync = () => {
    const text = hub.stream.snapshot() as string
    live.take({ kind: 'snapshot', data: JSON.parse(text.slice(text.indexOf('data: ') + 6)) as Snapshot, arrived: Date.now() })
    live.commit()
  }
  sync()
  return { hub, live, asked, sync }
}

/** A component with live data and, as on the health page, the books. */
export function mount(live: Live, component: Component, props: Record<string, unknown> = {}) {
  const Inner = defineComponent(() => (provideBooks(), () => h(component, props)))
  const Host = defineComponent(() => (provideLive(live), () => h(Inner)))
  return render(Host, { global: { plugins: [i18n] } })
}

/** All that an element says, piece by piece. */
export function words(e: Element | null | undefined): string {
  if (!e) return ''
  const texts = document.createTreeWalker(e, NodeFilter.SHOW_TEXT)
  const said: string[] = []
  while (texts.nextNode()) said.push(texts.currentNode.textContent ?? '')
  return said.join(' ').replace(/\s+/g, ' ').trim()
}
