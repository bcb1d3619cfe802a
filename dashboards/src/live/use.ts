// Hands the window's live data to its panels. The only way in: panels never import a global.
import { inject, provide, type InjectionKey, type Ref } from 'vue'
import type { Live } from './live'

/** What panels may read; the whole district's, or that of one theme (cut.ts). */
type Readable = 'kpis' | 'alarms' | 'devices' | 'standing' | 'pending' | 'links' | 'status' | 'catalogue' | 'today' | 'conn' | 'now' | 'frozenSince' | 'unstored'
export type LiveView = { readonly [K in Readable]: Readonly<Ref<Live[K]['value']>> } & Pick<Live, 'find' | 'retry' | 'clock'>

const LIVE: InjectionKey<LiveView> = Symbol('live')

export const provideLive = (live: LiveView) => provide(LIVE, live)

export function useLive(): LiveView {
  const live = inject(LIVE)
  if (!live) throw new Error('useLive() outside of the wall')
  return live
}
