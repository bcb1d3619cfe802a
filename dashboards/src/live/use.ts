// Hands the window's live data to its panels. The only way in: panels never import a global.
import { inject, provide, type InjectionKey } from 'vue'
import type { Live } from './live'

const LIVE: InjectionKey<Live> = Symbol('live')

export const provideLive = (live: Live) => provide(LIVE, live)

export function useLive(): Live {
  const live = inject(LIVE)
  if (!live) throw new Error('useLive() outside of the wall')
  return live
}
