// What this screen was told to look like: theme, language, map border. From the address, else from last time.
// Only looks live here; nothing about the hub.
import { computed, ref, watch, type Ref } from 'vue'
import { route } from './route'

function choice<T extends string>(name: string, allowed: readonly T[], store = name): Ref<T> {
  const known = (v: string | null): v is T => allowed.includes(v as T)
  const asked = new URLSearchParams(location.search).get(name)
  const stored = localStorage.getItem(`chengshu.${store}`)
  const value = ref(known(asked) ? asked : known(stored) ? stored : allowed[0]!) as Ref<T>
  watch(value, (v) => localStorage.setItem(`chengshu.${store}`, v), { immediate: true })
  return value
}

/** A hall is dim and a desk is lit: each keeps its own choice. */
const wallTheme = choice('theme', ['night', 'day'] as const)
const deskTheme = choice('theme', ['day', 'night'] as const, 'theme.desk')
const PLACE = 'chengshu.place'
/** Where this window was last. The health page is reached from both, and looks like where one came from. */
const atDesk = ref(sessionStorage.getItem(PLACE) === 'desk')
watch(() => route.value.page, (page) => {
  // A way in looks like what one came from as well.
  if (page === 'health' || page === 'login' || page === 'setup' || page === 'enrol') return
  atDesk.value = page === 'desk'
  sessionStorage.setItem(PLACE, page)
}, { immediate: true, flush: 'sync' })
export const theme = computed({ get: () => (atDesk.value ? deskTheme : wallTheme).value, set: (v) => ((atDesk.value ? deskTheme : wallTheme).value = v) })
export const lang = choice('lang', ['zh', 'en'] as const)
/** `official` shows the unchanged, reviewed border: for anything that leaves the house (see public/map/SOURCES.md). */
export const border = choice('border', ['display', 'official'] as const)

export function applyToDocument(): void {
  watch(atDesk, (v) => (document.documentElement.dataset.at = v ? 'desk' : 'wall'), { immediate: true })
  watch(theme, (v) => (document.documentElement.dataset.theme = v), { immediate: true })
  watch(lang, (v) => (document.documentElement.lang = v === 'zh' ? 'zh-CN' : 'en'), { immediate: true })
}
