// What this screen was told to look like: theme, language, map border. From the address, else from last time.
// Only looks live here; nothing about the hub.
import { ref, watch, type Ref } from 'vue'

function choice<T extends string>(name: string, allowed: readonly T[]): Ref<T> {
  const known = (v: string | null): v is T => allowed.includes(v as T)
  const asked = new URLSearchParams(location.search).get(name)
  const stored = localStorage.getItem(`chengshu.${name}`)
  const value = ref(known(asked) ? asked : known(stored) ? stored : allowed[0]!) as Ref<T>
  watch(value, (v) => localStorage.setItem(`chengshu.${name}`, v), { immediate: true })
  return value
}

export const theme = choice('theme', ['night', 'day'] as const)
export const lang = choice('lang', ['zh', 'en'] as const)
/** `official` shows the unchanged, reviewed border: for anything that leaves the house (see public/map/SOURCES.md). */
export const border = choice('border', ['display', 'official'] as const)

export function applyToDocument(): void {
  watch(theme, (v) => (document.documentElement.dataset.theme = v), { immediate: true })
  watch(lang, (v) => (document.documentElement.lang = v === 'zh' ? 'zh-CN' : 'en'), { immediate: true })
}
