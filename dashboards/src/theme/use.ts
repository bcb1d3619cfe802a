// Hands the theme of the page to its panels.
import { inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import type { Theme } from '../api/types'

const THEME: InjectionKey<ComputedRef<Theme | undefined>> = Symbol('theme')

export const provideTheme = (theme: ComputedRef<Theme | undefined>) => provide(THEME, theme)

export function useTheme(): ComputedRef<Theme | undefined> {
  const theme = inject(THEME)
  if (!theme) throw new Error('useTheme() outside of a theme\'s page')
  return theme
}
