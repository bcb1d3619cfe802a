// Chinese is the source, English is complete beside it. Also picks the right half of texts that come from theme data.
import { computed, watch } from 'vue'
import { createI18n } from 'vue-i18n'
import type { Text } from '../api/types'
import { lang } from '../state/prefs'
import { en } from './en'
import { zh, type Messages } from './zh'

export const i18n = createI18n<[Messages], 'zh' | 'en', false>({
  legacy: false,
  locale: lang.value,
  fallbackLocale: 'zh',
  messages: { zh, en },
})

watch(lang, (v) => (i18n.global.locale.value = v), { flush: 'sync' })

export const locale = computed(() => (lang.value === 'zh' ? 'zh-CN' : 'en-GB'))
export const t = i18n.global.t
export const pick = (text: Text | null | undefined): string | undefined => (text ? text[lang.value] || text.zh || text.en : undefined)

/** Sources of limits are one text, by habit "中文 | English": the half in the chosen language, or the whole. */
export function half(text: string | null | undefined): string {
  const halves = (text ?? '').split(' | ')
  return halves.length === 2 ? halves[lang.value === 'zh' ? 0 : 1]! : (text ?? '–')
}

/** The word for a code of the hub; a code that this page does not know yet stands for itself. */
export const word = (family: 'why' | 'rejection' | 'board' | 'deadline' | 'orderCode' | 'deviation' | 'fault' | 'role' | 'right' | 'act' | 'outcome' | 'caller', code: string): string =>
  i18n.global.te(`${family}.${code}`, 'zh') ? i18n.global.t(`${family}.${code}`) : code
